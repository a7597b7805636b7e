# 把多个模型的权重合并成一个模型的规则。

merge-weights-cancel = 权重 { $weights } 之和为零，无法作除数
    .hint = { PLACE() ->
        [app] 请另选权重；若该规则有{ SETTING("normalize", "merge") }，也可将其关闭
       *[terminal] 请另选权重；若该规则有 normalize 设置，也可将其关闭
    }
merge-base-lacking = { CHOICE("method", $rule) } 需要基座，即其他模型由之训练而来的模型
    .hint = 请指定基座，或选择不需要基座的规则，例如 { CHOICE("method", "linear") } 或 { CHOICE("method", "slerp") }
merge-base-unused = { CHOICE("method", $rule) } 不使用基座
    .hint = 请把基座列为待合并的模型之一，或选择使用基座的规则，例如 { CHOICE("method", "ties") }
merge-shapes-differ = 形状不同的张量无法合并：{ $shapes }
    .hint = 请选择架构和大小相同的模型
merge-epsilon = { PLACE() ->
        [app] { SETTING("density", "merge") } 为 { $density }、{ SETTING("epsilon", "merge") } 为 { $epsilon } 时，概率会超出 0 到 1 的范围
       *[terminal] density 为 { $density }、epsilon 为 { $epsilon } 时，概率会超出 0 到 1 的范围
    }
    .hint = { PLACE() ->
        [app] 请让 { SETTING("epsilon", "merge") } 既小于 { SETTING("density", "merge") }，也小于 1 与它之差
       *[terminal] 请让 epsilon 既小于 density，也小于 1 与 density 之差
    }

## 随张量而变的设置

merge-varying = { PLACE() ->
        [app] { SETTING($setting, "merge") }：{ $value } 既不是单个值，也不是值的列表或按筛选给出的值
       *[terminal] 设置 { $setting }：{ $value } 既不是单个值，也不是值的列表或按筛选给出的值
    }
    .hint = 请写一个数、沿深度变化的列表（例如 [0, 0.5, 1]），或 {"{"}"self_attn": 0.3, "*": 0.7{"}"}

## 合并之前就能知道的事

-other-ways = 无法合并的模型仍可融合：在答案层面（投票、辩论），或在每个词元之前（集成）
-common-tokens = 请把 { SETTING("tokenizer", "merge") } 设为 { CHOICE("tokenizer", "union") } 或 { CHOICE("tokenizer", "base") }，让各行按同一顺序排列
merge-of-one = 这里只有 { $source } 一个模型：没有可合并的，新模型与它的副本相差无几
    .hint = 请再加一个来源
merge-base-found = 根据模型的来历，共同祖先是 { $base }
    .hint = 如需另选，请设置 { SETTING("base", "merge") }
merge-build-differs = { $setting } 在 { $first } 中是 { $one }，在 { $second } 中是 { $other }
    .hint = { -other-ways }
merge-setting-differs = { $setting } 在 { $first } 中是 { $one }，在 { $second } 中是 { $other }：新模型采用前者
    .hint = 请测量新模型；如果它胡言乱语，原因可能在此
merge-rows-differ = { $name } 在各模型中的行数不同：{ $rows }
    .hint = 有的词表更大或经过填充：{ -common-tokens }
merge-tensors-differ = 有 { $count } 个张量形状不一，例如 { $name }：{ $shapes }
    .hint = { -other-ways }
merge-tensors-copied = { $source } 缺少 { $count } 个张量，例如 { $name }，将原样取自基座或第一个模型
    .hint = 新模型的这一部分只来自一个模型
merge-tensors-lacking = { $source } 缺少 { $count } 个张量，第一个是 { $name }
    .hint = 这些模型构造不同，或文件不完整；{ -other-ways }
merge-tensors-left-out = { $source } 有 { $count } 个张量不在基座或第一个模型中，将被舍去，第一个是 { $name }
    .hint = 如需保留它独有的部分，请把 { $source } 设为基座或第一个来源
merge-head-untied = { $sources } 的输出头与词嵌入共用，另有模型不共用：新模型将有单独的输出头
merge-head-missing = { $source } 缺少 config.json 所要求的 { $name }
    .hint = 请重新复制或下载模型；如果输出头本应与词嵌入共用，请把 tie_word_embeddings 设为 true
merge-dtypes-mixed = 各模型的数值类型不同（{ $dtypes }）；合并以 float32 计算，再舍入为 { $new }
    .hint = 如需其他类型，请设置 { SETTING("dtype", "merge") }
merge-overflow = 以 { $dtypes } 存储的数可能超过 F16 的最大值 { $most }
    .hint = 请把 { SETTING("dtype", "merge") } 设为 { CHOICE("dtype", "bfloat16") } 或 { CHOICE("dtype", "float32") }
merge-overflow-by-factor = 数乘以 { $factor } 后可能超过 F16 的最大值 { $most }
    .hint = 请把 { SETTING("dtype", "merge") } 设为 { CHOICE("dtype", "bfloat16") } 或 { CHOICE("dtype", "float32") }
merge-filter-unused = { PLACE() ->
        [app] { SETTING($setting, "merge") } 的筛选 { $filter } 不符合任何张量
       *[terminal] { $setting } 的筛选 { $filter } 不符合任何张量
    }
    .hint = 筛选是张量名的一部分，例如 self_attn、mlp 或 layernorm
merge-memory = 同时需要 { $needed } 内存，目前只有 { $free } 可用
    .hint = 请关闭其他程序，或选择逐元素计算的规则，例如 { CHOICE("method", "linear") } 或 { CHOICE("method", "task_arithmetic") }
merge-other-ancestor = { $first } 与 { $second } 从不同的起点训练而来，权重的含义并不相同
    .hint = { -other-ways }
merge-ancestor-unknown = 无从得知以下模型是否由 { $base } 或其来源训练而来：{ $sources }
    .hint = 起点不同的模型合并后会胡言乱语：请查看它们的模型卡
merge-tokenizer-unread = { $source } 没有 tokenizer.json，无法比较词元
    .hint = 请把它的分词器保存为快速分词器
merge-ids-beyond = { $source } 有 { $count } 个词元在 { $rows } 行的词嵌入中没有对应的行，第一个是 { $token }（{ $id }）
    .hint = 含有这种词元的文本无法读入；请使用训练时的分词器
merge-tokens-differ = { $first } 与 { $second } 有 { $count } 个词元不同，第一个是 { $token }：同一行会成为两个词元的平均
    .hint = { -common-tokens }；或在答案层面融合（投票、辩论）
merge-tokens-lacking = 有 { $count } 个词元只在 { $first } 与 { $second } 之一中，第一个是 { $token }
    .hint = 新模型采用前者的分词器；如需全部词元，请把 { SETTING("tokenizer", "merge") } 设为 { CHOICE("tokenizer", "union") }
merge-special-token = { $setting } 在 { $first } 中是 { $one }，在 { $second } 中是 { $other }
    .hint = 新模型像前者那样开始和结束文本；请把习惯合适的模型放在第一位
merge-template-lost = { $second } 有聊天模板，而新模型所用分词器的来源 { $first } 没有
    .hint = 如果新模型要用于对话，请把 { $second } 设为基座或第一个来源
merge-template-differs = { $first } 与 { $second } 的聊天模板不同：新模型采用前者的

## 依据数据的规则

-data-forms = 请给出 .txt、.md 或 .jsonl 文件；suite:NAME 表示题集 NAME 中可用于训练的题目；own 表示各模型自己的训练数据
-more-data = 请给出更长的文本，或换一份
merge-data-lacking = { CHOICE("method", $rule) } 需要为每个模型提供数据
    .hint = { PLACE() ->
        [app] 请填写 { SETTING("data", "merge") }：{ -data-forms }
       *[terminal] 请设置 data：{ -data-forms }
    }
merge-data-unused = { CHOICE("method", $rule) } 用不到数据
    .hint = 请去掉数据，或选择 { CHOICE("method", "fisher") }、{ CHOICE("method", "regmean") } 或 { CHOICE("method", "adamerging") }
merge-data-missing = 找不到文件 { $file }
    .hint = 请检查路径；{ -data-forms }
merge-data-format = { $file } 不是 { $suffixes } 之一
    .hint = { -data-forms }
merge-data-unreadable = 无法读取 { $file }：{ $said }
    .hint = 请给出 UTF-8 编码的纯文本文件
merge-data-empty = { $file } 中没有文本
    .hint = { -more-data }
merge-data-line = { $file } 第 { $line } 行既没有 text，也没有 { $asked } 和 { $answered }
    .hint = 每行请写作 {"{"}"text": "…"{"}"} 或 {"{"}"{ $asked }": "…", "{ $answered }": "…"{"}"}
merge-data-short = { $data } 中没有可供 { $source } 预测的内容：第一个词元之后没有文本，或题目本身已占满上下文
    .hint = { -more-data }
merge-data-own = 无从得知 { $source } 是用什么训练的
    .hint = own 只适用于小模型库中的模型和 FusionLab 自带的适配器；其他模型请给出文件
merge-data-no-training = 题集 { $suite } 的题目来自文件，没有可用于训练的题目
    .hint = 请给出含有其他题目的文件：之后要问的题目不能事先看到
merge-data-changed = 计划合并之后，{ $data } 有了变化
    .hint = 请重新开始
merge-data-no-numbers = { $source } 对数据的输出只有 NaN 或无穷大
    .hint = 它的权重已损坏：请用 fusionlab built check 检查，或换一个模型
merge-data-not-finite = 在 { $source } 的 { $name } 上测得 NaN 或无穷大
    .hint = 它的权重已损坏或过大：请换一个模型，或换一份文本
merge-data-adapter = { CHOICE("method", $rule) } 只能合成完整权重：它所依据的是完整的矩阵
    .hint = 请合成完整权重，或选择不需要数据的规则
merge-data-tokens = { CHOICE("method", $rule) } 无法统一几种词表的词元
    .hint = 请去掉 { SETTING("tokenizer", "merge") }，合并词表相同的模型，或选择不需要数据的规则
merge-data-renamed = { $source } 的文件中 { $name } 的存法与模型不同，无法测量
    .hint = 请用 transformers 重新保存该模型，或选择不需要数据的规则
merge-data-read = 各模型先读自己的文本，段落数为：{ $reads }。约需 { $memory } MB 内存，并在 { $place } 占用至多 { $room } MB，供其他合并使用
    .hint = 如需少读一些，请减小 { SETTING("examples", "merge") }；该文件夹可随时删除
merge-data-learned = 各任务向量加多少，由以下段落学习得出：{ $reads }；约需 { $memory } MB 内存
    .hint = { PLACE() ->
        [app] 如果太慢，请减小 { SETTING("steps", "merge") }
       *[terminal] 如果太慢，请把 parameters.steps 设小
    }
merge-data-averaged = { CHOICE("method", $rule) } 适用于线性层：词嵌入、归一化等其余部分取平均

## 多个适配器合为一个

merge-adapter-settings = { SETTING($settings, "merge") } 用来说明适配器如何合为一个适配器，而现在要得到的是完整权重
    .hint = 请把 { SETTING("into", "merge") } 设为 { CHOICE("into", "adapter") }，或去掉这些设置
mergekit-into-adapter = { $file } 说明的是如何合并完整模型，而现在要得到的是适配器
    .hint = 请把适配器列为来源，并用 { SETTING("method", "merge") } 指定规则
merge-not-adapters = 只有适配器才能合为一个适配器，而以下来源不是：{ $sources }
    .hint = 请写成“基座+适配器”，或把 { SETTING("into", "merge") } 设为 { CHOICE("into", "model") }
merge-bases-differ = 一个适配器只有一个基座，而这些有好几个：{ $bases }
    .hint = 请合并同一基座的适配器
merge-another-base = 这些适配器的基座是 { $own }，不是 { $base }
    .hint = 请去掉 { SETTING("base", "merge") }
merge-cat-rule = { CHOICE("method", $rule) } 不是把改动相加，因此无法并排拼接
    .hint = 请把 { SETTING("combination", "merge") } 设为 { CHOICE("combination", "svd") }，或改用以下规则之一：{ CHOICE("method", $adding) }
merge-rank-of-cat = 并排拼接时秩会相加，无法保持秩 { $rank }
    .hint = 请把 { SETTING("combination", "merge") } 设为 { CHOICE("combination", "svd") }，或去掉 { SETTING("svd_rank", "merge") }
merge-rank-too-high = 秩 { $rank } 超过最大的投影层所能有的 { $most }
    .hint = 请把 { SETTING("svd_rank", "merge") } 设为不超过 { $most } 的数；取该值时毫无损失
merge-rank-loses = 秩 { $rank } 舍去了一部分改动：适配器与规则的结果相差 { $lost }%
    .hint = 请提高 { SETTING("svd_rank", "merge") }，或把 { SETTING("into", "merge") } 设为 { CHOICE("into", "model") }
merge-adapter-tokenizer = 适配器没有自己的词元，把 { SETTING("tokenizer", "merge") } 设为 { CHOICE("tokenizer", $tokenizer) } 没有意义
    .hint = 请去掉 { SETTING("tokenizer", "merge") }
merge-adapter-weighs-base = 按此设置，{ CHOICE("method", $rule) } 还会乘到基座的权重上，而适配器不改动基座
    .hint = 请改用只把改动相加的 { CHOICE("method", "task_arithmetic") }，或让权重之和为 1
merge-adapter-not-finite = { $source } 的适配器在 { $name } 处含有 NaN 或无穷大
    .hint = 请重新保存或训练该适配器
merge-adapter-alone = 只有一个适配器 { $source }：除权重和秩外，新适配器与它相同
    .hint = 请再加一个同一基座的适配器

## mergekit 的文件

mergekit-unreadable = 无法读取 { $file }：{ $said }
    .hint = 请给出 mergekit 所用的 YAML 文件
mergekit-of-another-form = { $file } 中没有合并
    .hint = 文件开头应有 merge_method、models 等键
mergekit-field = { $file } 的 { $field }：{ $said }
    .hint = 请参考 mergekit 自带的示例
mergekit-models-or-slices = { $file } 应有 models 或 slices 之一
    .hint = models 合并整个模型，slices 合并层的区间
mergekit-two-tokenizers = { $file } 同时有 tokenizer 和 tokenizer_source
    .hint = 请只保留一个
mergekit-template = { $file } 中的聊天模板未知：{ $template }
    .hint = 请写 auto，或直接写模板
mergekit-ranges = { $file } 中某个切片的来源层数不同：{ $ranges }
    .hint = 请让各来源的 layer_range 一样长
mergekit-and-sources = { $file } 合并的模型与给出的来源不一致：{ $models }
    .hint = 请去掉来源；或者按此顺序给出同样多的来源，只写名称
mergekit-unused = { CHOICE("method", $rule) } 用不到 { $settings }，它们属于其他方法
    .hint = 请去掉它们，或选择相应的方法
