# “构建”页：构建表单、计划和构建结果。

build-title = 用已有的模型构建新模型
build-intro = 选择来源和设置，页面上的计划会随之更新；点击“构建”之前，什么都不会生成。
build-builder = 方式
build-source = { $letter ->
    [none] 来源
   *[other] 来源 { $letter }
}
build-source-letter = 来源 { $letter }
build-source-only = 来源
build-add-source = 添加来源
build-remove-source = 移除
build-more-options = 这个来源的更多选项
build-more-settings = 更多设置
build-over-depth = 随层变化
build-one-number = 各层用同一个数
build-curve-point = { $label }，第 { $at } 点，共 { $of } 点
build-curve-first = 第一层
build-curve-last = 最后一层
build-usual = 默认
build-usual-is = 默认 { $value }
build-by-part = 按层内部位
build-part-self-attn = 注意力
build-part-mlp = MLP
build-part-rest = 其余部分
build-part-of = { $label }：{ $part }
build-every = { $label }（所有来源）
build-every-help = 适用于没有单独设置的所有来源。
build-left-out = 链接中有 { $n } 项设置在当前选择下不起作用，已略去：{ $names }。
build-data-file = 文件：{ $file }
build-data-none = 选择数据
build-data-generated = 生成的题目
build-data-suites = 题集中用于训练的题目
build-data-sampled = 模型自己的成对回答
build-data-choose = 选择本机文件
build-id = 新模型的名称
build-id-help = 小写字母、数字、点、连字符和下划线，首尾须为字母或数字。默认按第一个来源命名。
build-run = 构建
build-stop = 停止

## 图

build-new-layers = 新模型：{ $n } 层
build-layer-times = ×{ $n }
build-layer-used = 来源 { $source } 的第 { $layer } 层：{ $n ->
    [0] 未使用
    [1] 使用一次
   *[other] 使用 { $n } 次
}
build-layer-from = 新模型的第 { $layer } 层来自来源 { $source } 的第 { $from } 层。
build-stack-in = 文本从这里进入
build-stack-up = 文本自下而上穿过各层。拖动圆形手柄，或用方向键移动它们。
build-stack-twice = 有 { $n } 层在新模型中出现不止一次：粗边框。
build-stack-left = 有 { $n } 层未使用：虚线框。
build-layers-table = 以表格查看层的区间
build-head-range = 区间
build-head-source = 来源
build-head-from = 来源中的层
build-head-to = 新模型中的层
build-handle-first = 区间 { $range }：在来源 { $source } 中的起始层
build-handle-last = 区间 { $range }：在来源 { $source } 中的结束处
build-handle-value = 第 { $first } 至 { $last } 层
build-ranges-free = 自由设置每个区间
build-ranges-seam = 恢复为一处接缝
build-range-add = 添加区间
build-range-remove = 移除最后一个区间

## 计划

build-figures = 新模型的各项数值
build-fact-id = 引用名
build-fact-layers = 层数
build-fact-parameters = 参数量
build-fact-bytes = 占用磁盘
build-fact-memory = 构建时的内存
build-fact-licence = 许可证
build-fact-lineage = 来源
build-fact-seconds = 构建用时
build-parameters = { $n ->
   *[other] { $count }
}
build-licence-none = 未知
build-doctor = 构建之前
build-finding-refused = 无法构建：
build-finding-warning = 注意：
build-finding-note = 说明：
build-nothing-found = 没有发现任何问题。
build-planning = 正在计算计划……
build-builds-first = 点击“构建”后，会先按其配方构建来源。
build-fetches = 点击“构建”后会先下载它。
build-picture-before = 图中仍是上一个可行的设置。
build-plan-refused = 无法构建，原因见计划。
build-not-here = 这个公开演示只展示计划和录制的结果，不构建模型。在自己的电脑上运行 FusionLab 即可构建。
build-taken = 已经有名为 { $id } 的模型。配方相同则不会重新构建；配方不同请另取名称。
build-left-at = { $kept ->
    [0] 已经有名为 { $id } 的模型，停在第 { $step } 步（共 { $steps } 步）。
   *[other] 已经有名为 { $id } 的模型，是第 { $kept } 步时的样子；之后的训练在第 { $step } 步之后中断（共 { $steps } 步）。
}同样的设置会从那里继续；另建模型请另取名称。
build-taken-by-another = 已经有名为 { $id } 的模型，是用另一份配方构建的。请另取名称，或在下方移除那个模型。
build-aside = 保留现状，另建一个
build-broken-off = { $steps ->
    [0] { $id } 的训练在第 { $step } 步之后中断
   *[other] { $id } 的训练在第 { $step } 步之后中断，共 { $steps } 步
}。点击“继续”可从那里接着训练。
build-at-work = 另一个页面或终端正在训练 { $id }。重新载入页面即可查看结果。
build-go-on = 继续
build-stopping = 正在停止：正在写入目前学到的内容……
build-resume = 已停止。再次点击“构建”即可继续。

## 进展

build-finished = 已完成：新模型已出现在各页的模型列表中。
build-stopped = 已停止，新名称下没有留下任何文件。
build-stopped-at = { $kept ->
    [0] 停在第 { $step } 步，共 { $steps } 步。模型保持此时的样子；点击“继续”可接着训练。
   *[other] 在第 { $step } 步之后中断，共 { $steps } 步。模型仍是第 { $kept } 步时的样子；点击“继续”会从第 { $step } 步接着训练。
}
build-recorded = 这是录制的结果。点击“构建”即可在本机生成模型。
build-proof = 构建之后：{ $said }。
build-adapter-exact = 这是秩为 { $rank } 的适配器，完整保留了规则的结果。
build-adapter-error = 这是秩为 { $rank } 的适配器：与规则的结果相差 { $lost }%，相差最大的是第 { $layer } 层，为 { $most }%。
build-not-finite = 部分张量含有 NaN 或无穷大：{ $tensors }。
build-entropy = 经过 { $steps } 步，它对数据的预测熵由每词元 { $before } 奈特变为 { $after } 奈特。

built-title = 你的新模型
built-title-recorded = 构建结果
built-recorded-help = 随应用录制。在本机构建后就能与它对话。
built-links = 接下来
built-chat = 与它对话
built-compare = 与来源模型对比
built-debate = 让它与来源模型辩论
built-measure = 测量它
built-stale = 这个模型属于另一套设置。请点击“构建”。
built-shelf = 本机上构建过 { $n } 个模型
built-rungs = 其中 { $n } 个由阶梯构建
built-export = 取走
built-export-what = 以文件形式取走 { $id }
built-export-ask = 要哪种文件？
built-export-zip = transformers 文件夹（.zip）
built-export-gguf = llama.cpp 的 GGUF
built-export-not = 暂不
built-gguf-asked = 正在检查 llama.cpp 能否读取这个模型……
built-exported = 下载 { $name }
built-remove = 移除
built-open = 查看
built-open-what = 查看 { $id }
built-remove-what = 移除 { $id }
built-remove-ask = 要从本机移除 { $id } 吗？
built-heirs = 由它构建的模型会保留：{ $heirs }。
built-keep = 保留
built-remove-yes = 移除
built-removed = 已移除 { $id }。
taught-title = FusionLab 自带的 { $n } 个模型是怎样学会的
taught-open = 学习过程
taught-open-what = 学习过程：{ $name }

## 蒸馏所得的模型从各来源学到了什么

distil-told-mince = { $source }：每字节 { $nats } 奈特，在 { $share } 的文本中最好；所学词元中 { $aligned } 对应它的一个词元，{ $copied } 采用它的分布，{ $certain } 以下一个词元为确定答案
distil-told-avgce = { $source }：每字节 { $nats } 奈特，平均占混合的 { $share }；所学词元中 { $aligned } 对应它的一个词元，{ $copied } 采用它的分布，{ $certain } 以下一个词元为确定答案
distil-told-uld = { $source }：每字节 { $nats } 奈特；所学词元中 { $aligned } 对应它的一个词元，采用其概率
mixed-title = 各来源的贡献
mixed-note = 除文本之外所学的分布中，每个来源所占的份额。
mixed-head-source = 来源
mixed-head-nats = 文本的奈特/字节
mixed-head-share = 份额
mixed-head-aligned = 与其词元对齐的所学词元
mixed-head-copied = 其中采用其分布的
mixed-head-certain = 其中下一个词元确定的
mixed-head-exact = 目标词表中也有的词元

lowered-title = 权重是怎样学到的
lowered-note = 每一步都降低合并后模型对数据预测的熵。在固定不变的几行数据上，熵由每词元 { $before } 奈特变为 { $after } 奈特；每一步读的是不同的行，因此曲线起伏更大。
lowered-curve = 各步所读数据的熵
lowered-axis = 熵（奈特/词元）
lowered-map = 各层在每个模型的权重上加了多少
lowered-first = 层前
lowered-last = 层后
lowered-cell = { $ref }，{ $place }：{ $shift }
