# 正在书写的文字，以及问题之前的对话。

texts-waiting = 文字会出现在这里。
texts-empty = 什么也没写
texts-answer = { $name }，第 { $n } 个回答
texts-length = { $n ->
   *[other] { $count } 个字符
}
