# 构建之后对模型的检验：能不能用，与来源有什么不同。

proof-same = 它与 { $parent } 完全相同：所有权重都相等
    .hint = 如果这不是你想要的，请换别的设置
proof-same-nearly = 它说的话与 { $parent } 相同（每个词元的 KL 为 { $kl } 奈特）
    .hint = 如果这不是你想要的，请换别的设置
proof-works = 可以使用：在测试文本上每字节 { $nats } 奈特，{ $better ->
        [yes] 优于最好的来源 { $parent } 的 { $best }
       *[no] 最好的来源 { $parent } 为 { $best }
    }
proof-works-alone = 可以使用：在测试文本上每字节 { $nats } 奈特；本机没有可比较的来源
proof-unhealed = 未经继续训练，它不如 { $parent }：在测试文本上每字节 { $nats } 奈特，而后者为 { $best }
    .hint = 嫁接之后通常如此：请继续训练
proof-damaged = 已损坏：在测试文本上每字节 { $nats } 奈特，最好的来源 { $parent } 为 { $best }，后者比随机猜测好出的部分失去了 { $lost }%
    .hint = 请不要使用：看看哪里的权重偏离过大，再换设置或来源重新构建
proof-not-finite = 已损坏：{ $count } 个张量含有 NaN 或无穷大，{ $tensors }
    .hint = 它们可能原本就在来源中，或在 16 位下溢出：请用 float32 或其他来源构建
proof-ids-beyond = 已损坏：{ $count } 个词元的编号超出了词嵌入的范围，{ $tokens }
    .hint = 它的分词器属于另一个模型：请使用基础模型的分词器构建
proof-no-numbers = 已损坏：计算结果不是数
    .hint = 求和时溢出了：请用 float32 或 bfloat16 构建
proof-unread = 已损坏：它无法读取文本，{ $cause }
    .hint = 请检查它的设置和分词器，或用其他来源构建
proof-far = 第 { $layers } 层远离所有来源的相应层。
proof-all-far = { $layers ->
        [1] 唯一的一层
       *[other] 全部 { $layers } 层都
    }远离所有来源的相应层。
proof-everywhere = { $layers } 层中有 { $count } 层远离所有来源的相应层。
proof-nowhere = 没有哪一层远离来源：是整体不协调。
proof-seams = 第 { $layers } 层的前一层，与训练时的不同。
proof-other-vocabulary = { $parent } 的词元不同，因此无法逐个比较预测
proof-kl-no-number = 无法与 { $parent } 比较预测：其中有些不是数
proof-impossible = 没有检验：{ $cause }
    .hint = 模型已经建好；排除原因之后，请运行 fusionlab built check { $id }
proof-failed = 检验中断：{ $said }
    .hint = 如果再次发生，请连同模型的配方一起报告
sweep-of-what = { $models } 个模型、{ $points } 个点不能构成一次扫描
    .hint = 请给出两个或三个模型，每边 2 至 { $most } 个点
sweep-not-kept = 这次扫描没有保存下来：{ $said }
    .hint = 请为 FusionLab 的目录腾出空间，或允许写入
sweep-tensor = 文件中没有与模型中的 { $name } 对应的张量
    .hint = 请用 fusionlab build merge 在单个点上合并

## 命令行的说法

cli-proof = 构建之后：{ $said }。
cli-proof-parent = { $parent }：每字节 { $nats } 奈特{ $kl ->
        [none] {""}
       *[other] ，每个词元的 KL 为 { $kl } 奈特
    }{ $moved ->
        [none] {""}
        [0] ；权重相同
       *[other] ；权重最多移动 { $moved }%（{ $where }）
    }
cli-proof-parent-lacking = 没有与 { $parent } 比较：{ $cause }
cli-proof-accord = 从 { $base } 出发，各来源方向的余弦为 { $cosines }；在至少两个来源改动过的元素中，{ $conflicts }% 的符号不一致。
cli-proof-suite = { $suite }，{ $total } 题：{ $rows }
cli-proof-suite-row = { $ref } { $share }% [{ $low }–{ $high }]
cli-proof-place = { $layer ->
        [none] { $kind }
       *[other] 第 { $layer } 层，{ $kind }
    }
cli-help-no-proof = 构建之后不检验
cli-help-built-check = 重新检验一个模型：能不能用，离来源有多远
cli-help-proof-suite = 让它与各来源都回答的题集；fitting 表示来源能解的题集
cli-help-proof-items = 每个题集的题数；默认 { $default }
cli-help-sweep = 两个或三个模型之间的各个模型对测试文本了解多少；不写入任何模型
cli-help-sweep-points = 每边的点数；默认 { $default }
cli-help-sweep-suite = 每个点还要回答的题集；可重复使用
cli-help-sweep-items = 每个点回答的题数，另有同样多的题用来选点；默认 { $default }
cli-sweep-answers = { $suite } { $right }/{ $total }
cli-sweep-best = { $suite }：按另外 { $choosing } 题，最好的点是 { $weights }；该点 { $total } 题答对 { $share }%（95%：{ $low }–{ $high }%）

## 模型之路

cli-help-path = 依次构建配方中的所有模型，并把它们放在一起比较
cli-help-path-recipe = 含多个构建和 [path] 表的配方，或随 FusionLab 附带的配方名
cli-help-path-out = 记录写入的文件
cli-path-stands = { $reference } 已就绪
cli-path-line = { $kind ->
    [grafted] 嫁接模型
    [tokens] 供体，训练同样多的词元
   *[compute] 供体，训练同样多的计算量
}
cli-path-row = { $ref }：每字节 { $nats } 奈特，{ $total } 题答对 { $share }% [{ $low }–{ $high }]
path-none = 配方中没有 [path] 表，不知道哪些模型前后相继
    .hint = 请加上含题集的 [path]，以及含类别和模型的 [[path.line]]；docs/solar.md 中有示例
path-no-number = { $ref } 对文本的预测不是数
    .hint = 请用更低的学习率训练它
