NAME        
ROWS
 N  Obj     
 L  r0      
 L  r1      
 L  r2      
 L  r3      
 L  r4      
 L  r5      
 L  r6      
 L  r7      
 L  r8      
 L  r9      
 L  r10     
 L  r11     
 L  r12     
 L  r13     
 L  r14     
 L  r15     
 L  r16     
 L  r17     
 L  r18     
 L  r19     
 L  r20     
 L  r21     
 L  r22     
 L  r23     
 L  r24     
 G  r25     
 G  r26     
 G  r27     
 G  r28     
 L  r29     
 L  r30     
 L  r31     
 L  r32     
 L  r33     
 L  r34     
 L  r35     
 L  r36     
 L  r37     
 L  r38     
 L  r39     
 L  r40     
 L  r41     
 L  r42     
 L  r43     
 L  r44     
 L  r45     
 L  r46     
 G  r47     
 L  r48     
 L  r49     
 L  r50     
 L  r51     
 L  r52     
 L  r53     
 L  r54     
 E  r55     
 E  r56     
 E  r57     
 L  r58     
 L  r59     
 L  r60     
 L  r61     
 L  r62     
 L  r63     
 L  r64     
 L  r65     
 L  r66     
 L  r67     
 L  r68     
 L  r69     
 L  r70     
 L  r71     
 L  r72     
 L  r73     
 L  r74     
 L  r75     
 L  r76     
 L  r77     
 L  r78     
 L  r79     
 L  r80     
 L  r81     
 L  r82     
 L  r83     
 L  r84     
 E  r85     
 E  r86     
 E  r87     
 L  r88     
 L  r89     
 L  r90     
 L  r91     
 L  r92     
 L  r93     
 L  r94     
 L  r95     
 L  r96     
 L  r97     
 L  r98     
 L  r99     
 L  r100    
 L  r101    
 L  r102    
 L  r103    
 L  r104    
 L  r105    
 L  r106    
 L  r107    
 L  r108    
 L  r109    
 L  r110    
 L  r111    
 L  r112    
 L  r113    
 L  r114    
 L  r115    
 L  r116    
 L  r117    
 L  r118    
 L  r119    
 L  r120    
 L  r121    
 L  r122    
 L  r123    
 L  r124    
 L  r125    
 L  r126    
 L  r127    
 L  r128    
 L  r129    
 L  r130    
 L  r131    
 L  r132    
 L  r133    
 L  r134    
 L  r135    
 L  r136    
 L  r137    
 L  r138    
COLUMNS
    MARK0000  'MARKER'                 'INTORG'
    c0        Obj       0.00201423162341563
    c0        r32       -3
    c0        r35       -1
    c0        r38       1
    c0        r44       -1
    c1        Obj       0.00193562652096157
    c1        r33       -3
    c1        r36       -1
    c1        r39       1
    c1        r45       -1
    c2        Obj       0.00225478685980905
    c2        r34       -3
    c2        r37       -1
    c2        r40       1
    c2        r46       -1
    c3        Obj       0.000393550522861251
    c3        r29       -1
    c3        r32       1
    c3        r38       -1
    c3        r41       -1
    c4        Obj       0.000413632689678999
    c4        r30       -1
    c4        r33       1
    c4        r39       -1
    c4        r42       -1
    c5        Obj       0.000491263752452086
    c5        r31       -1
    c5        r34       1
    c5        r40       -1
    c5        r43       -1
    c6        Obj       0.00232624858090631
    c6        r50       -1
    c6        r99       -4
    c6        r117      1
    c6        r128      -0.15
    c7        Obj       0.00317549444135836
    c7        r50       -1
    c7        r99       -40
    c7        r117      1
    c7        r128      -0.45
    c8        Obj       0.00232624858090631
    c8        r52       -1
    c8        r100      -4
    c8        r118      1
    c8        r129      -0.15
    c9        Obj       0.00317549444135836
    c9        r52       -1
    c9        r100      -40
    c9        r118      1
    c9        r129      -0.45
    c10       Obj       0.00232624858090631
    c10       r53       -1
    c10       r101      -4
    c10       r119      1
    c10       r130      -0.15
    c11       Obj       0.00317549444135836
    c11       r53       -1
    c11       r101      -40
    c11       r119      1
    c11       r130      -0.45
    c12       Obj       0.00232624858090631
    c12       r54       -1
    c12       r102      -4
    c12       r120      1
    c12       r131      -0.15
    c13       Obj       0.00317549444135836
    c13       r54       -1
    c13       r102      -40
    c13       r120      1
    c13       r131      -0.45
    c14       Obj       0.00232624858090631
    c14       r48       -1
    c14       r103      -4
    c14       r121      1
    c14       r132      -0.15
    c15       Obj       0.00317549444135836
    c15       r48       -1
    c15       r103      -40
    c15       r121      1
    c15       r132      -0.45
    c16       Obj       0.00232624858090631
    c16       r49       -1
    c16       r104      -4
    c16       r122      1
    c16       r133      -0.15
    c17       Obj       0.00317549444135836
    c17       r49       -1
    c17       r104      -40
    c17       r122      1
    c17       r133      -0.45
    c18       Obj       0.00232624858090631
    c18       r105      -3
    c18       r123      1
    c18       r134      -0.15
    c19       Obj       0.00317549444135836
    c19       r105      -3
    c19       r123      1
    c19       r134      -0.45
    c20       Obj       0.00232624858090631
    c20       r106      -3
    c20       r124      1
    c20       r135      -0.15
    c21       Obj       0.00317549444135836
    c21       r106      -3
    c21       r124      1
    c21       r135      -0.45
    c22       Obj       0.00232624858090631
    c22       r107      -3
    c22       r125      1
    c22       r136      -0.15
    c23       Obj       0.00317549444135836
    c23       r107      -3
    c23       r125      1
    c23       r136      -0.45
    c24       Obj       0.00232624858090631
    c24       r108      -3
    c24       r126      1
    c24       r137      -0.15
    c25       Obj       0.00317549444135836
    c25       r108      -3
    c25       r126      1
    c25       r137      -0.45
    c26       Obj       0.00232624858090631
    c26       r51       -1
    c26       r109      -4
    c26       r127      1
    c26       r138      -0.15
    c27       Obj       0.00317549444135836
    c27       r51       -1
    c27       r109      -40
    c27       r127      1
    c27       r138      -0.45
    c28       Obj       0.00100614944653772
    c28       r88       -1
    c28       r99       1
    c28       r112      -1
    c29       Obj       0.00100614944653772
    c29       r89       -1
    c29       r100      1
    c29       r114      -1
    c30       Obj       0.00100614944653772
    c30       r90       -1
    c30       r101      1
    c30       r115      -1
    c31       Obj       0.00100614944653772
    c31       r91       -1
    c31       r102      1
    c31       r116      -1
    c32       Obj       0.00100614944653772
    c32       r92       -1
    c32       r103      1
    c32       r110      -1
    c33       Obj       0.00100614944653772
    c33       r93       -1
    c33       r104      1
    c33       r111      -1
    c34       Obj       0.00100614944653772
    c34       r94       -1
    c34       r105      1
    c35       Obj       0.00100614944653772
    c35       r95       -1
    c35       r106      1
    c36       Obj       0.00100614944653772
    c36       r96       -1
    c36       r107      1
    c37       Obj       0.00100614944653772
    c37       r97       -1
    c37       r108      1
    c38       Obj       0.00100614944653772
    c38       r98       -1
    c38       r109      1
    c38       r113      -1
    c39       Obj       0.0040527758214204
    c39       r0        -1
    c39       r11       1
    c39       r27       0.5
    c39       r29       1
    c39       r74       -1
    c39       r75       -1
    c39       r76       -1
    c39       r85       -1
    c40       Obj       0.00539844001949232
    c40       r1        -1
    c40       r12       1
    c40       r27       0.5
    c40       r29       1
    c40       r74       -1
    c40       r75       -1
    c40       r76       -1
    c40       r85       -2
    c41       Obj       0.00674410421756425
    c41       r2        -1
    c41       r13       1
    c41       r27       0.5
    c41       r29       1
    c41       r74       -1
    c41       r75       -1
    c41       r76       -1
    c41       r85       -3
    c42       Obj       0.0040527758214204
    c42       r3        -1
    c42       r14       1
    c42       r27       0.5
    c42       r30       1
    c42       r77       -1
    c42       r78       -1
    c42       r79       -1
    c42       r80       -1
    c42       r81       -1
    c42       r86       -1
    c43       Obj       0.00539844001949232
    c43       r4        -1
    c43       r15       1
    c43       r27       0.5
    c43       r30       1
    c43       r77       -1
    c43       r78       -1
    c43       r79       -1
    c43       r80       -1
    c43       r81       -1
    c43       r86       -2
    c44       Obj       0.00674410421756425
    c44       r5        -1
    c44       r16       1
    c44       r27       0.5
    c44       r30       1
    c44       r77       -1
    c44       r78       -1
    c44       r79       -1
    c44       r80       -1
    c44       r81       -1
    c44       r86       -3
    c45       Obj       0.00808976841563618
    c45       r6        -1
    c45       r17       1
    c45       r27       0.5
    c45       r30       1
    c45       r77       -1
    c45       r78       -1
    c45       r79       -1
    c45       r80       -1
    c45       r81       -1
    c45       r86       -4
    c46       Obj       0.00943543261370811
    c46       r7        -1
    c46       r18       1
    c46       r27       0.5
    c46       r30       1
    c46       r77       -1
    c46       r78       -1
    c46       r79       -1
    c46       r80       -1
    c46       r81       -1
    c46       r86       -5
    c47       Obj       0.0040527758214204
    c47       r8        -1
    c47       r19       1
    c47       r27       0.5
    c47       r31       1
    c47       r82       -1
    c47       r83       -1
    c47       r84       -1
    c47       r87       -1
    c48       Obj       0.00539844001949232
    c48       r9        -1
    c48       r20       1
    c48       r27       0.5
    c48       r31       1
    c48       r82       -1
    c48       r83       -1
    c48       r84       -1
    c48       r87       -2
    c49       Obj       0.00674410421756425
    c49       r10       -1
    c49       r21       1
    c49       r27       0.5
    c49       r31       1
    c49       r82       -1
    c49       r83       -1
    c49       r84       -1
    c49       r87       -3
    c50       Obj       0.000512659749275945
    c50       r0        1
    c50       r25       600
    c50       r28       0.5
    c51       Obj       0.000512659749275945
    c51       r1        1
    c51       r25       600
    c51       r28       0.5
    c52       Obj       0.000512659749275945
    c52       r2        1
    c52       r25       600
    c52       r28       0.5
    c53       Obj       0.000512659749275945
    c53       r3        1
    c53       r25       600
    c53       r28       0.5
    c54       Obj       0.000512659749275945
    c54       r4        1
    c54       r25       600
    c54       r28       0.5
    c55       Obj       0.000512659749275945
    c55       r5        1
    c55       r25       600
    c55       r28       0.5
    c56       Obj       0.000512659749275945
    c56       r6        1
    c56       r25       600
    c56       r28       0.5
    c57       Obj       0.000512659749275945
    c57       r7        1
    c57       r25       600
    c57       r28       0.5
    c58       Obj       0.000512659749275945
    c58       r8        1
    c58       r25       600
    c58       r28       0.5
    c59       Obj       0.000512659749275945
    c59       r9        1
    c59       r25       600
    c59       r28       0.5
    c60       Obj       0.000512659749275945
    c60       r10       1
    c60       r25       600
    c60       r28       0.5
    c61       r11       -2
    c61       r22       1
    c61       r26       1
    c61       r35       1
    c61       r41       1
    c61       r55       -1
    c61       r58       1
    c62       r12       -2
    c62       r22       1
    c62       r26       1
    c62       r35       1
    c62       r41       1
    c62       r55       -2
    c62       r58       1
    c63       r13       -2
    c63       r22       1
    c63       r26       1
    c63       r35       1
    c63       r41       1
    c63       r55       -3
    c63       r58       1
    c64       r14       -2
    c64       r23       1
    c64       r26       1
    c64       r36       1
    c64       r42       1
    c64       r56       -1
    c64       r59       1
    c64       r60       1
    c65       r15       -2
    c65       r23       1
    c65       r26       1
    c65       r36       1
    c65       r42       1
    c65       r56       -2
    c65       r59       1
    c65       r60       1
    c66       r16       -2
    c66       r23       1
    c66       r26       1
    c66       r36       1
    c66       r42       1
    c66       r56       -3
    c66       r59       1
    c66       r60       1
    c67       r17       -2
    c67       r23       1
    c67       r26       1
    c67       r36       1
    c67       r42       1
    c67       r56       -4
    c67       r59       1
    c67       r60       1
    c68       r18       -2
    c68       r23       1
    c68       r26       1
    c68       r36       1
    c68       r42       1
    c68       r56       -5
    c68       r59       1
    c68       r60       1
    c69       r19       -2
    c69       r24       1
    c69       r26       1
    c69       r37       1
    c69       r43       1
    c69       r57       -1
    c69       r61       1
    c69       r62       1
    c70       r20       -2
    c70       r24       1
    c70       r26       1
    c70       r37       1
    c70       r43       1
    c70       r57       -2
    c70       r61       1
    c70       r62       1
    c71       r21       -2
    c71       r24       1
    c71       r26       1
    c71       r37       1
    c71       r43       1
    c71       r57       -3
    c71       r61       1
    c71       r62       1
    MARK0001  'MARKER'                 'INTEND'
    c72       r44       1
    c72       r47       1
    c73       r44       1
    c73       r47       -1
    c74       r45       1
    c74       r47       1
    c75       r45       1
    c75       r47       -1
    c76       r46       1
    c76       r47       1
    c77       r46       1
    c77       r47       -1
    MARK0002  'MARKER'                 'INTORG'
    c78       r48       1
    c78       r55       1
    c78       r58       -1
    c78       r63       -2
    c78       r110      1
    c79       r55       1
    c79       r58       -1
    c79       r64       -2
    c80       r49       1
    c80       r55       1
    c80       r58       -1
    c80       r65       -2
    c80       r111      1
    c81       r50       1
    c81       r56       1
    c81       r59       -1
    c81       r66       -2
    c81       r112      1
    c82       r56       1
    c82       r59       -1
    c82       r60       -1
    c82       r67       -2
    c83       r51       1
    c83       r56       1
    c83       r59       -1
    c83       r60       -1
    c83       r68       -2
    c83       r113      1
    c84       r56       1
    c84       r59       -1
    c84       r60       -1
    c84       r69       -2
    c85       r52       1
    c85       r56       1
    c85       r60       -1
    c85       r70       -2
    c85       r114      1
    c86       r53       1
    c86       r57       1
    c86       r61       -1
    c86       r71       -2
    c86       r115      1
    c87       r57       1
    c87       r61       -1
    c87       r62       -1
    c87       r72       -2
    c88       r54       1
    c88       r57       1
    c88       r62       -1
    c88       r73       -2
    c88       r116      1
    MARK0003  'MARKER'                 'INTEND'
    c89       r63       1
    c89       r74       1
    c89       r85       1
    c89       r92       1
    c89       r132      0.14
    c90       r64       1
    c90       r75       1
    c90       r85       1
    c90       r97       1
    c90       r137      0.14
    c91       r65       1
    c91       r76       1
    c91       r85       1
    c91       r93       1
    c91       r133      0.14
    c92       r66       1
    c92       r77       1
    c92       r86       1
    c92       r88       1
    c92       r128      0.14
    c93       r67       1
    c93       r78       1
    c93       r86       1
    c93       r94       1
    c93       r134      0.14
    c94       r68       1
    c94       r79       1
    c94       r86       1
    c94       r98       1
    c94       r138      0.14
    c95       r69       1
    c95       r80       1
    c95       r86       1
    c95       r95       1
    c95       r135      0.14
    c96       r70       1
    c96       r81       1
    c96       r86       1
    c96       r89       1
    c96       r129      0.14
    c97       r71       1
    c97       r82       1
    c97       r87       1
    c97       r90       1
    c97       r130      0.14
    c98       r72       1
    c98       r83       1
    c98       r87       1
    c98       r96       1
    c98       r136      0.14
    c99       r73       1
    c99       r84       1
    c99       r87       1
    c99       r91       1
    c99       r131      0.14
RHS
    RHS_V     r22       1
    RHS_V     r23       1
    RHS_V     r24       1
    RHS_V     r25       718.693983249828
    RHS_V     r26       1
    RHS_V     r27       1
    RHS_V     r28       1
    RHS_V     r47       1
    RHS_V     r94       1
    RHS_V     r95       1
    RHS_V     r96       1
    RHS_V     r97       1
    RHS_V     r105      2
    RHS_V     r106      2
    RHS_V     r107      2
    RHS_V     r108      2
    RHS_V     r117      1
    RHS_V     r118      1
    RHS_V     r119      1
    RHS_V     r120      1
    RHS_V     r121      1
    RHS_V     r122      1
    RHS_V     r123      1
    RHS_V     r124      1
    RHS_V     r125      1
    RHS_V     r126      1
    RHS_V     r127      1
    RHS_V     r134      0.15
    RHS_V     r135      0.15
    RHS_V     r136      0.15
    RHS_V     r137      0.15
BOUNDS
 BV BOUND     c0      
 BV BOUND     c1      
 BV BOUND     c2      
 UI BOUND     c3        2
 UI BOUND     c4        2
 UI BOUND     c5        2
 BV BOUND     c6      
 BV BOUND     c7      
 BV BOUND     c8      
 BV BOUND     c9      
 BV BOUND     c10     
 BV BOUND     c11     
 BV BOUND     c12     
 BV BOUND     c13     
 BV BOUND     c14     
 BV BOUND     c15     
 BV BOUND     c16     
 BV BOUND     c17     
 BV BOUND     c18     
 BV BOUND     c19     
 BV BOUND     c20     
 BV BOUND     c21     
 BV BOUND     c22     
 BV BOUND     c23     
 BV BOUND     c24     
 BV BOUND     c25     
 BV BOUND     c26     
 BV BOUND     c27     
 UI BOUND     c28       2
 UI BOUND     c29       2
 UI BOUND     c30       2
 UI BOUND     c31       2
 UI BOUND     c32       2
 UI BOUND     c33       2
 UI BOUND     c34       2
 UI BOUND     c35       2
 UI BOUND     c36       2
 UI BOUND     c37       2
 UI BOUND     c38       2
 UI BOUND     c39       2
 UI BOUND     c40       2
 UI BOUND     c41       2
 UI BOUND     c42       2
 UI BOUND     c43       2
 UI BOUND     c44       2
 UI BOUND     c45       2
 UI BOUND     c46       2
 UI BOUND     c47       2
 UI BOUND     c48       2
 UI BOUND     c49       2
 UI BOUND     c50       2
 UI BOUND     c51       2
 UI BOUND     c52       2
 UI BOUND     c53       2
 UI BOUND     c54       2
 UI BOUND     c55       2
 UI BOUND     c56       2
 UI BOUND     c57       2
 UI BOUND     c58       2
 UI BOUND     c59       2
 UI BOUND     c60       2
 BV BOUND     c61     
 BV BOUND     c62     
 BV BOUND     c63     
 BV BOUND     c64     
 BV BOUND     c65     
 BV BOUND     c66     
 BV BOUND     c67     
 BV BOUND     c68     
 BV BOUND     c69     
 BV BOUND     c70     
 BV BOUND     c71     
 UP BOUND     c72       1
 UP BOUND     c73       1
 UP BOUND     c74       1
 UP BOUND     c75       1
 UP BOUND     c76       1
 UP BOUND     c77       1
 BV BOUND     c78     
 BV BOUND     c79     
 BV BOUND     c80     
 BV BOUND     c81     
 BV BOUND     c82     
 BV BOUND     c83     
 BV BOUND     c84     
 BV BOUND     c85     
 BV BOUND     c86     
 BV BOUND     c87     
 BV BOUND     c88     
 UP BOUND     c89       1000000000
 UP BOUND     c90       1000000000
 UP BOUND     c91       1000000000
 UP BOUND     c92       1000000000
 UP BOUND     c93       1000000000
 UP BOUND     c94       1000000000
 UP BOUND     c95       1000000000
 UP BOUND     c96       1000000000
 UP BOUND     c97       1000000000
 UP BOUND     c98       1000000000
 UP BOUND     c99       1000000000
ENDATA
