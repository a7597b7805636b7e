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

## 构建器：不接受的情况

distil-no-target = 没有指定目标模型，即要学习的模型
    .hint = { PLACE() ->
        [app] 请在 { SETTING("target", "distil") } 中指定；它所学习的模型是各个来源
       *[terminal] 用 --target REF 指定目标，用 --source REF 指定它所学习的模型
    }
distil-pairs = 知识融合不使用成对的回答
    .hint = 请给出文本、对话，或提示与回答；成对的回答请用 DPO 学习
distil-turns-differ = 第 { $number } 行：{ $name } 把这段对话分成的部分与目标模型不同，因为它的对话模板对前面的轮次另有写法
    .hint = 请用 prompt 与 completion 代替 messages
distil-source-short = { $name } 最多读 { $context } 个词元，而有一段文本在它的分词器中有 { $count } 个
    .hint = 请减小 { SETTING("length", "distil") }，或不使用这个来源
distil-one-teacher = 使用 { CHOICE("objective", $objective) } 时只能有一位教师，而不是 { $count } 位
    .hint = 请只指定一个来源，或使用 { CHOICE("objective", "fused") }
distil-other-vocabulary = { $teacher } 与 { $target } 的词表不同，无法逐个词元比较分布
    .hint = 请使用不需要共同词表的 { CHOICE("objective", "fused") } 或 { CHOICE("objective", "uld") }
distil-teacher-adapted = { $source } 是带适配器的模型，不能逐个词元地教
    .hint = { PLACE() ->
        [app] 请先把两者合并成一个模型，再使用它
       *[terminal] 请先用 fusionlab build merge --source { $source } --id NAME 把两者合成一个模型，再指定 built:NAME
    }

## 构建器：说明

distil-stores = 各模型的预测共占 { $cached } MB，会保留下来；融合后的分布在训练期间另占 { $fused } MB
distil-map = { $source } 的词元中有 { $exact } 在目标词表里有字节完全相同的词元

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
