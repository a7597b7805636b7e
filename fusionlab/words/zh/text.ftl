# 关于文本的说明：成员写的文本、投票与相似度、表格；以及专家路由。

## 写作与轮次

texts-cut-off = { $texts } 段文本中有 { $cut } 段在 { $tokens } 个词元处被截断
    .hint = 请调大 { SETTING("max_tokens") }：文末的内容（往往就是答案）会丢失
members-failed = { $names } 出错，运行继续：{ $cause }
answers-tied = 平局，各 { $votes } 票：{ $answers }；取了第一个
many-answers-tied = { $number } 个答案平局，各 { $votes } 票：{ $answers } ……；取了第一个

## 选举

votes-of-another-number = 给出了 { $votes } 个权重，而候选有 { $candidates } 个
vote-too-heavy = 选票的权重不能是 { $weight }
    .hint = 权重应在 0 到 { $most } 之间
candidates-too-many = { $candidates } 个候选对一次选举来说太多：{ CHOICE("rule", $rule) } 最多接受 { $most } 个
    .hint = 请减少候选
candidates-too-many-by-rule = { $candidates } 个候选对一次选举来说太多：{ CHOICE("rule", $rule) } 最多接受 { $most } 个
    .hint = 请减少候选，或把 { SETTING("rule") } 设为 { CHOICE("rule", "mbr") }
-shorter = 请缩短文本
two-texts-too-long = { $metric ->
        [rouge_l] 两段文本分别有 { $one } 和 { $other } 个词，对 { CHOICE("metric", $metric) } 来说太长，它最多比较各 { $most } 个词的两段文本
       *[other] 两段文本分别有 { $one } 和 { $other } 个字符，对 { CHOICE("metric", $metric) } 来说太长，它最多比较各 { $most } 个字符的两段文本
    }
    .hint = { -shorter }，或改用 { CHOICE("metric", "cosine") }
texts-too-long = { $metric ->
        [rouge_l] { $texts } 段各 { $length } 个词的文本，{ CHOICE("metric", $metric) } 处理不了
       *[other] { $texts } 段各 { $length } 个字符的文本，{ CHOICE("metric", $metric) } 处理不了
    }
    .hint = { -shorter }，或改用 { CHOICE("metric", "cosine") }
words-too-many = 文本中有 { $words } 个不同的词；最多能比较 { $most } 个
    .hint = 请改用 { CHOICE("metric", "char_lcs") }，或缩短文本
meanings-rough = 嵌入模型是为英语训练的；对其他语言只能粗略理解
    .hint = 请改用 { CHOICE("metric", "char_lcs") }，或运行一次 fusionlab fetch { $model }

## 混合指标

mixture-twice = 混合指标中 { CHOICE("metric", $metric) } 写了两次
    .hint = 请写成 { $example }
mixture-weightless = 混合指标 { $mixture } 中所有指标的权重都是 0
    .hint = 请写成 { $example }
mixture-weight = 混合指标中 { CHOICE("metric", $metric) } 的权重是 { $weight }
    .hint = 权重应为不小于 0 的有限的数，例如 rouge_l=0.5

## 表格

decided-without-answers = { $questions } 道题中有 { $times } 道由 { $rule } 决定，因为任何文本中都找不到答案
    .hint = rule 列标明了是哪些题
decided-without-winner = { $questions } 道题中有 { $times } 道由 { $rule } 决定，因为没有候选能在两两对决中胜过其他所有候选
    .hint = rule 列标明了是哪些题
questions-tied = { $questions } 道题中有 { $ties } 道出现并列第一，取了第一个
    .hint = tied 列写明另有几个并列
questions-weightless = { $questions } 道题中有 { $weightless } 道的选票权重都是 0，取了第一个候选
    .hint = 请至少给其中一个成员大于 0 的权重
table-no-candidates = 在列 { $columns } 中找不到候选
    .hint = 请指明它们：同一行的若干列、一列列表，或与题目列并排的一列文本
table-no-list = 第 { $row } 行：{ $cell } 不是候选的列表
table-no-weight = 第 { $row } 行：{ $cell } 不是权重
    .hint = 权重应为不小于 0 的有限的数

## 专家路由

-unknown-architecture = 无法识别它的架构：请换一个混合专家模型
routes-of-the-last-time = { $name } 处理每个词元时会多次经过各层；显示的是最后一次的路由
routes-of-feed-forward = { $name } 也为注意力选择专家；显示的是前馈层的专家
routes-of-other-tokens = { $name } 还用其他词元来计算一个词元的路由，因此没有哪个词元有独立的路由
    .hint = 请换一个混合专家模型
routers-of-an-encoder = { $name } 既有编码器层又有解码器层，两者的专家无法并排显示
    .hint = 请选择只有解码器的混合专家模型
routers-of-one-layer = { $name } 的第 { $layer } 层有不止一个路由器
    .hint = { -unknown-architecture }
router-in-no-layer = { $name } 的路由器 { $router } 不在任何有编号的层中
    .hint = { -unknown-architecture }
router-mute = { $name }：{ $router } 没有说明选择了哪些专家
    .hint = { -unknown-architecture }
experts-fail = { $name } 自身的 { $part } 部分出错：{ $said }
    .hint = 请改变每个词元的专家数，或换一个混合专家模型
experts-without-router = { $name } 在 { $place } 中有专家，而 { $architecture } 没有在那里声明路由器
    .hint = { -unknown-architecture }
experts-none = { $name } 是稠密模型：没有哪一层在专家之间选择
    .hint = { $count ->
        [0] 本机没有混合专家模型；可以使用 Hub 上的，写成 hub:org/name
       *[other] 混合专家模型：{ $known }；也可以使用 Hub 上的，写成 hub:org/name
    }
routers-undeclared = { $name } 有专家，但 { $architecture } 没有声明路由器
    .hint = { $count ->
        [0] 本机没有混合专家模型；可以使用 Hub 上的，写成 hub:org/name
       *[other] 混合专家模型：{ $known }；也可以使用 Hub 上的，写成 hub:org/name
    }

parameters-of-experts = { $name }：从配置看不出 { $architecture } 把一个词元交给几个专家
    .hint = 请换一个混合专家模型
ablate-nothing = 没有可读的文字
    .hint = 请写几句话
ablate-long = 这段文字有 { $length } 个字符，而每禁用一个专家都要重读一遍，最多 { $most } 个
    .hint = 请缩短文字
ablate-no-items = 套件 { $suite } 没有问题
    .hint = 请换一个套件

## 干预专家的选择

two-mixtures-alone = 比较两个模型时，只用一个提示，也不加干预
    .hint = 请去掉{ SETTING("compare") }、{ SETTING("steer") }和{ SETTING("top_k") }，或只用一个模型
steer-not-a-rule = { $rule } 不是干预规则
    .hint = 请写成 ban 3@2、force 1@all、swap 0-5@4 或 top 1@4-7：做什么、哪个专家（或几个专家）、在哪些层
steer-no-layer = { $rule }：{ $name } 在那里没有专家
    .hint = 有专家的层：{ $known }；也可以写 all
steer-no-expert = { $name } 的第 { $layer } 层没有专家 { $expert }
    .hint = 该层的专家是 0 到 { $last }
steer-twice = 规则不止一次提到第 { $layer } 层的专家 { $expert }
    .hint = 对它只保留一条规则：ban、force 或 swap
steer-top-twice = 规则为第 { $layer } 层的词元指定了不同的专家数：{ $ks }
    .hint = 每一层只保留一个
steer-k-too-many = 要求每个词元使用 { $k } 个专家，但 { $name } 的第 { $layer } 层只有 { $experts } 个
    .hint = 请调低{ SETTING("top_k") }
steer-none-left = { $name } 的第 { $layer } 层的专家全部被禁用了
    .hint = 请至少留下一个
steer-too-few-left = { $name } 的第 { $layer } 层把每个词元交给 { $k } 个专家，但禁用之后只剩 { $left } 个
    .hint = 请少禁用几个，或调低{ SETTING("top_k") }
steer-too-many-forced = { $name } 的第 { $layer } 层强制了 { $forced } 个专家，但它只把每个词元交给 { $k } 个
    .hint = 请少强制几个，或调高{ SETTING("top_k") }
router-not-steered = { $name }：无法干预 { $router } 的选择
    .hint = 请换一个混合专家模型，或不设{ SETTING("steer") }和{ SETTING("top_k") }
