# 运行：哪些无法运行，以及运行记录文件和其中的事件。

prompt-empty = 提示是空的
    .hint = { PLACE() ->
        [app] 请在“提示”中写下要成员回答的内容
       *[terminal] 请写下要成员回答的内容：用 --prompt，或用以提问结尾的 --messages
    }
members-too-few = { METHOD($method) } 至少需要 { $least } 个成员，现有 { $count } 个
    .hint = { PLACE() ->
        [app] 请点击“添加成员”
       *[terminal] 请用 --member 添加成员
    }
members-too-many = { METHOD($method) } 最多接受 { $most } 个成员，现有 { $count } 个
    .hint = 请减少成员，或选择能融合多个成员的方法
weight-of-a-member = { $name } 的权重是 { $weight }
    .hint = 权重应为不小于 0 的有限的数
weights-all-zero = 所有权重都是 0
    .hint = 请至少给一个成员大于 0 的权重
level-below-the-method = { METHOD($method) } 需要“{ $needed }”，而 { $ref } 只提供“{ $given }”
    .hint = 满足要求的模型：{ $models }、hub:…、path:…；{ $ref } 可用的方法：{ METHOD($methods) }
internal-error = 内部错误：{ $said }
    .hint = 请报告此问题

## 运行记录文件

branches-file-none = { $name } 不是分支文件
    .hint = 请打开保存分支时得到的文件
branches-file-uneven = { $name } 声明有 { $said } 次运行，实际有 { $runs } 次
    .hint = 文件可能被截断或改动，请重新保存分支

run-file-missing = 找不到运行记录文件 { $name }
run-file-unreadable = 无法读取 { $name }：{ $said }
run-file-unwritable = 无法写入 { $file }：{ $said }
    .hint = 请换一个文件名
run-file-is-a-folder = 无法写入 { $file }：它是一个文件夹
    .hint = 请换一个文件名
run-file-broken-off = 无法写入 { $file }：{ $said }
    .hint = 请腾出空间，或换一个位置；已记录的内容在 { $part } 中
run-file-none = { $name } 不是运行记录文件
    .hint = { PLACE() ->
        [app] 点击“下载这次运行”即可得到这种文件
       *[terminal] fusionlab run --out 会写出这种文件
    }
run-file-too-new = { $name } 的版本是 { $version }；此版 FusionLab 最高能读取 { $newest }
    .hint = 请升级 FusionLab 后再读取
run-file-header = { $name } 的文件头损坏：{ $cause }
run-file-line = { $name } 第 { $line } 行：{ $cause }
recipe-number-out-of-range = 配方中有超出范围的数

## 事件

event-none = 不是事件：{ $value }
event-field-wrong = { $field }：{ $fault }
event-no-id = model_built：{ $id } 不是模型的 id
event-no-time = { $time } 不是事件的时间
event-out-of-order = candidate_given：编号 { $index } 出现在 { $last } 之后
event-too-many-members = token_chosen：成员超过 { $most } 个
event-too-many-tokens = token_chosen：{ $count } 个候选太多
events-too-many-answers = 答案超过 { $most } 个
events-too-many-candidates = 候选超过 { $most } 个
number-out-of-range = { $field } 超出范围：{ $value }
number-no-probability = { $field } 不是概率：{ $value }
number-negative = { $field } 是负数：{ $value }
vote-on-candidates-not-given = voted：给 { $scored } 个候选打了分，而候选有 { $given } 个
vote-without-scores = voted：没有 { $metric } 的分数
vote-lists-uneven = voted：各列表长度不一
vote-table-not-square = voted：相似度表不是方阵
vote-candidates-only = voted：只有 { $count } 个候选
vote-ranking-incomplete = voted：排名没有把每个候选恰好列出一次
routes-through-no-layer = experts_routed：有词元没有经过任何层
routes-through-other-layers = experts_routed：各词元经过的层不同
routes-too-many-layers = experts_routed：有 { $layers } 层；最多 { $most } 层
routes-too-many-experts = experts_routed：各层的专家共超过 { $most } 个
routes-no-layer = experts_routed：没有第 { $layer } 层
routes-to-no-expert = experts_routed：第 { $layer } 层选择了它没有的专家
text-scored-unevenly = text_scored：要有词元，数值的个数也要与词元数相同
