# 知识融合：对齐多个模型的词元，保存、混合并学习它们的分布。

tokens-not-the-text = { $name } 的词元与文本的字节不符，从第 { $at } 个字节起：文本为 { $text }，词元为 { $tokens }
    .hint = 它的分词器会改写读入的内容，或缺少其中的字符；请用动态时间规整对齐这个来源，或不使用它

distil-no-blocks = 没有可供学习的文本
    .hint = 请给出有内容的文件
distil-block-short = 第 { $number } 块只有 { $tokens } 个词元：一个词元没有可预测的内容
    .hint = 请去掉它，或并入前一块
