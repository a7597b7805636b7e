# 把多个模型的权重合并成一个模型的规则。

merge-weights-cancel = 权重 { $weights } 之和为零，无法作除数
    .hint = 请另选权重；若该规则有 normalize 设置，也可将其关闭
merge-base-lacking = { $rule } 需要基座，即其他模型由之训练而来的模型
    .hint = 请指定基座，或选择不需要基座的规则，例如 linear 或 slerp
merge-base-unused = { $rule } 不使用基座
    .hint = 请把基座列为待合并的模型之一，或选择使用基座的规则，例如 ties
merge-shapes-differ = 形状不同的张量无法合并：{ $shapes }
    .hint = 请选择架构和大小相同的模型
merge-epsilon = density 为 { $density }、epsilon 为 { $epsilon } 时，概率会超出 0 到 1 的范围
    .hint = 请让 epsilon 既小于 density，也小于 1 与 density 之差
