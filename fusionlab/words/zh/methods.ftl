# 方法对一次运行的说明：哪些做不到，哪些与要求不同。

## 投票

nobody-stands = 没有可供选举的答案
    .hint = 请添加成员，或给出供投票的候选
candidates-without-logprob = 从别处带来的回答没有对数概率，无法据此确定选票的权重
    .hint = 请把 { SETTING("weights") } 设为 { CHOICE("weights", "member") } 或 { CHOICE("weights", "uniform") }，或去掉这些候选
members-without-logprob = { $names } 不提供答案的对数概率
    .hint = 请把 { SETTING("weights") } 设为 { CHOICE("weights", "member") } 或 { CHOICE("weights", "uniform") }，或改用在本机运行的模型
logprobs-lacking = { $names } 没有给出每个词元的对数概率，因此所有选票权重相同
    .hint = 请把 { SETTING("weights") } 设为 { CHOICE("weights", "member") } 或 { CHOICE("weights", "uniform") }，或改用权重在本机的模型
answers-cut-off = { $name } 的 { $samples } 个答案中有 { $cut } 个在 { $tokens } 个词元处被截断
    .hint = 调大 { SETTING("max_tokens") } 才能比较完整的答案
answers-blank = 所有答案都是空白
    .hint = 请调大 { SETTING("max_tokens") }，或更换成员
answers-blank-in-part = { $name } 的 { $texts } 个答案中有 { $blank } 个是空白，不参加选举
candidates-blank = 所有候选都是空白
    .hint = 请至少给出一个有内容的候选
majority-without-answers = 所有文本中都找不到答案，因此按与其他文本的相似度决定（{ CHOICE("rule", "mbr") }）
    .hint = 请换一种 { SETTING("answer") }，或填写 { SETTING("phrase") }
condorcet-without-winner = 没有候选能在两两对决中胜过其他所有候选，因此选出净胜场最多的一个（Copeland 法）
ballots-weightless = 所有选票的权重都是 0，无法决出结果，取第一个候选
    .hint = 请至少给一个成员大于 0 的权重
candidates-tied = 平局：候选 { $others } 与 { $last } 并列第一；候选 { $winner } 排在最前，所以取了它
elected-unopposed = 只有一个答案参选，自动当选
    .hint = 请调大 { SETTING("samples") }，或添加成员
metric-not-shown = 未显示 { $metric }：{ $why }
meanings-not-shown = 未显示语义余弦相似度：{ $cause }

## 同一成员的多个样本

samples-the-same = 温度为 0 时，{ $samples } 个样本完全相同
    .hint = 请把 { SETTING("temperature") } 设为 0.7 之类的值，或把 { SETTING("samples") } 设为 1
samples-of-one-the-same = 温度为 0 时，同一成员的 { $samples } 个样本完全相同
    .hint = 请把 { SETTING("temperature") } 设为 0.7 之类的值，或把 { SETTING("samples") } 设为 1
texts-without-answer = { $samples } 段文本中有 { $missing } 段找不到答案，不予计票

## 思维链、自我改进与智能体混合

thought-to-no-answer = 文本中没有这类答案，原样保留
    .hint = 请调大 { SETTING("max_tokens") }，或检查文本是否以 { $phrase } 收尾
critique-blank = 批评是空白的，因此保留原答案
    .hint = 请调大 { SETTING("max_tokens") }
refined-to-no-answer = 所有文本中都没有这类答案，原样保留最后一段
    .hint = 请调大 { SETTING("max_tokens") }，或检查文本是否以 { $phrase } 收尾
proposals-blank = 所有提案都是空白，因此没有什么可添加的
    .hint = 请调大 { SETTING("max_tokens") }
own-answer-only = 只有一个成员且只回答一次时，它只能读到自己的回答
    .hint = 请调大 { SETTING("samples") }，或添加成员

## 辩论

solutions-without-answer = 没有智能体给出这类答案
    .hint = 请调大 { SETTING("max_tokens") }，或检查解答是否以 { $phrase } 收尾
replies-without-answer = 没有智能体给出这类答案
    .hint = 请调大 { SETTING("max_tokens") }，或检查回复是否以 { $phrase } 收尾
agents-failed = { $names } 在第 { $round } 轮出错：{ $cause }

## 跨服务器集成

member-late = { $name } 在 { $seconds } 秒内没有回答
    .hint = 请调大 { SETTING("patience") }，或去掉这个成员
member-dropped = 从第 { $step } 个词元起不计入 { $name }：{ $cause }
member-dropped-for = 从第 { $step } 个词元起不计入 { $name }，至少 { $tokens } 个词元：{ $cause }
member-back = 从第 { $step } 个词元起，{ $name } 重新参加
alternatives-fewer = 要求 { $asked } 个词元，{ $name } 只给出 { $given } 个，选择较少能够确定
    .hint = 请调低 { SETTING("top_k", "unite") }，或调整服务器，使其给出更多
logprobs-processed = { $name } 给出的概率之和为 { $sum }：这不是模型本来的概率
    .hint = 请调整服务器，使其给出温度和惩罚处理之前的原始对数概率
logprobs-untold = { $server } 的回答不带对数概率
    .hint = 请用 llama.cpp、vLLM 或 SGLang 运行该模型，或选择只需要文本的方法
nobody-left = 没有权重大于 0 的成员能给出下一个词元

## 级联

one-answer-agrees = 成员只回答一次时总是与自己一致，因此第一个答案必被采用
    .hint = 请把 { SETTING("temperature") } 设为大于 0 的值，例如 0.7，并把 { SETTING("samples") } 设为 3 或更大
member-failed = { $name } 出错：{ $cause }
members-without-answer = 没有成员给出这类答案，原样保留最后一个成员的文本
    .hint = 请调大 { SETTING("max_tokens") }，或换一种 { SETTING("answer") }
another-answer-stands = { $name } 没有给出答案；采用 { $other } 的答案

## 评审

judge-failed = 评审出错：{ $cause }
chosen-unopposed = 只有一个答案可选，自动入选
    .hint = 请添加成员
texts-without-verdict = 评审的 { $texts } 段文本中有 { $blank } 段没有给出裁决
    .hint = 请调大 { SETTING("max_tokens") }，或换一个能遵循指令的评审
verdicts-contrary = 评审的裁决互相矛盾；在它选过的答案中取出现最多的
verdict-none = 没有裁决；取出现最多的答案，同样多时取第一个
answers-of-members-tied = { $names } 的答案打成平局；取其中第一个

## 成员路由

strengths-unlike = 提示与任何专长都不接近，因此由第一个成员回答
    .hint = 请描述各成员擅长什么，或给出例子
strengths-tied = 平局：提示与 { $names } 的专长同样接近；由其中第一个回答
strengths-too-many = 描述了 { $strengths } 项专长，但只有 { $members } 个成员
    .hint = 请按成员的顺序，每个成员给一项
strength-none = 没有说明 { $name } 擅长什么
    .hint = { PLACE() ->
        [app] 请在 { SETTING("strengths") } 中逐一描述，或给该成员一条指令
       *[terminal] 请逐一描述，例如 --set 'strengths=["sums", "letters"]'，或给该成员一条指令
    }
meanings-rough-route = 嵌入模型是为英语训练的；对其他语言只能粗略理解
    .hint = 请把 { SETTING("by") } 设为 { CHOICE("by", "spelling") }

## 多台设备上的专家

devices-none = { $devices } 台设备放不下任何专家
    .hint = 请至少选择一台设备
devices-without-experts = { $devices } 台设备分 { $experts } 个专家，有的设备会没有专家
    .hint = 设备数请不要超过 { $experts }
capacity-not-positive = 容量因子 { $factor } 没有给任何词元留出位置
    .hint = 请选择大于 0 的值；1 正好容纳平均份额
gate-k-range = 无法把每个词元交给 { $experts } 个专家中的 { $k } 位
    .hint = 请选择 1 到 { $experts } 之间的数
gate-without-ids = 随机分配专家需要词元编号，但没有提供
    .hint = 请提供词元编号，或改用其他门控
gate-uneven-groups = { $experts } 个专家无法平均分成 { $groups } 组
    .hint = 请选择能整除 { $experts } 的组数
processes-failed = 共同计算这一层的进程出错退出：{ $said }
    .hint = 请再试一次；如果仍然失败，请不做实测
local-experts-diverged = 权重无限增大
    .hint = 请调小学习率
