# 正在书写的文字，以及问题之前的对话。

texts-waiting = 文字会出现在这里。
texts-empty = 什么也没写
texts-answer = { $name }，第 { $n } 个回答
texts-length = { $n ->
   *[other] { $count } 个字符
}
texts-without = 这里没有逐词元的图：{ $engine } 只给出了文字，没有给出概率。在“词元”标签页用“词元集成”并只留这一个成员，就能看到每个词元。
