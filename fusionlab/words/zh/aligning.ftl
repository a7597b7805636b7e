# 对齐器：无法展示的情形，以及它的命令。

align-no-text = 没有可读的文本
    .hint = 请写几个词；空行分隔各段
align-only-asked = 第 { $number } 段只有问题：||| 之后没有内容
    .hint = 请在 ||| 之后写上回答，或去掉 |||
align-no-models = 需要一个目标模型和一个来源
    .hint = { PLACE() ->
        [app] 请选择要训练的模型，以及它要学习的模型
       *[terminal] 请给出 --target REF 和 --source REF
    }
align-many-sources = { $count } 个来源太多，一张图最多显示 { $most } 个
    .hint = 请减少来源；训练时数量不限
align-too-long = { $name } 要读 { $tokens } 个词元，图中最多显示 { $most } 个
    .hint = 请缩短文本
align-over-context = { $name } 一次最多读 { $context } 个词元，最长的一段有 { $tokens } 个
    .hint = 请缩短这一段，或用空行分开
align-trained-differs = { $trained } 的词表与 { $target } 不同，不会是这个目标训练后的模型
    .hint = 请给出由这个目标训练而成的模型，或留空

cli-help-align = 逐个位置查看多个模型对一段文本的预测如何合在一起
cli-help-align-text = 文本；空行分隔各段，||| 之前的内容只读不学
cli-help-align-target = 要训练的模型
cli-help-align-source = 它要学习的模型；可重复使用
cli-help-align-trained = 训练后的目标模型，用于对照
cli-help-align-rule = 来源如何混合；默认 { $default }
cli-help-align-vocabulary = 词元如何映射；默认 { $default }
cli-help-align-alignment = 位置如何对齐；默认 { $default }
cli-align-passage = 第 { $number } 段，每字节奈特数：目标 { $own }{ $trained ->
    [none] { "" }
   *[other] ，训练后 { $trained }
}
cli-align-source = [{ $number }] { $name }：每字节 { $nats } 奈特，占 { $share }
cli-align-head-after = 位置
cli-align-head-next = 下一个
cli-align-head-fused = 融合
cli-align-head-own = 目标
cli-align-head-trained = 训练后
cli-align-head-published = 按论文代码
cli-align-none = –
cli-align-key = = 采用它的分布，! 认定就是下一个词元，· 保留目标自己的分布；各分布列出最可能的词元，括号内为正确词元的概率
