# 均值是“或”，乘积是“且”：两者给出不同文字的几个记录。

orand-title = 均值还是乘积：“或”与“且”
orand-about = 均值把各成员的概率相加：一个成员非常想写就够了。乘积把它们相乘：只要有一个成员几乎不认可，这个词元就出局。
orand-prompts = 已记录的提示
orand-mean = 或（均值）
orand-product = 且（乘积）
orand-step = 第 { $step } 步：谁想写什么，两种合并各得出什么
orand-written = 写下的词元
orand-open = 打开这次运行
orand-table = 以表格查看这一步
orand-mean-wrote = 均值写下“{ $token }”，合起来是 { $p }，虽然 { $name } 单独只给它 { $least }。
orand-product-wrote = 乘积写下“{ $token }”（{ $p }）：没有成员给它的概率低于 { $least }。
