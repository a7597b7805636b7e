# 知识融合：对齐多个模型的词元，保存、混合并学习它们的分布。

tokens-not-the-text = { $name } 的词元与文本的字节不符，从第 { $at } 个字节起：文本为 { $text }，词元为 { $tokens }
    .hint = 它的分词器会改写读入的内容，或缺少其中的字符；请用动态时间规整对齐这个来源，或不使用它

distil-no-blocks = 没有可供学习的文本
    .hint = 请给出有内容的文件
distil-block-short = 第 { $number } 块只有 { $tokens } 个词元：一个词元没有可预测的内容
    .hint = 请去掉它，或并入前一块

distil-share-outside = 文本本身的比重 λ 必须在 0 与 1 之间，而不是 { $value }
    .hint = 1 表示只从文本学习，0 表示只从来源学习；FuseLLM 取 0.9
distil-nothing-learned = 这 { $rows } 行各有 { $tokens } 个词元，却没有一个需要学习：所有标签都被掩盖了
    .hint = 请检查掩盖了哪些词元：只学习回答时，在提示之内就被截断的行没有可学的词元
