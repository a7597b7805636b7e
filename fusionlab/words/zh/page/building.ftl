# 构建方法及其设置的名称；键的构成见 methods.ftl。

builder-zoo = 训练微型模型
    .summary = zoo 中的微型模型按配方学习精确任务。
setting-zoo-recipe = 配方
    .help = 训练 zoo 中的哪个模型。
setting-zoo-questions = 测试题数
    .help = 每个任务的留出题数，不参与训练。
builder-adapter = 训练适配器
    .summary = 目录中的模型学习一个主题，所学存为权重之外的低秩增量。
setting-adapter-recipe = 配方
    .help = 训练哪个适配器，可带或不带基座的名称。
setting-adapter-questions = 测试题数
    .help = 每个部分的留出题数，不参与训练。
builder-graft = 嫁接层
    .summary = 把一个模型的层叠在自身之上，或叠在同宽度的另一个模型之上。
setting-graft-drop = 去掉的层数
    .help = 共 n 层，去掉 m 层：前 n − m 层之后接后 n − m 层。默认为四分之一。
setting-graft-layers = 层的区间
    .help = 也可以直接给出任意区间：0-24, 8-32；两个模型时为 A:0-24, B:8-32。0-24 即第 0 至 23 层。
