# 方法对一次运行的说明：哪些做不到，哪些与要求不同。

## 投票

nobody-stands = 没有候选可供选举
    .hint = 请添加成员，或给出供投票的候选
candidates-without-logprob = 别处写成的候选没有对数概率，无法据此确定选票的权重
    .hint = 请把 weights 设为 member 或 uniform，或去掉这些候选
members-without-logprob = { $names } 不提供答案的对数概率
    .hint = 请把 weights 设为 member 或 uniform，或改用在本机运行的模型
logprobs-lacking = { $names } 没有给出每个词元的对数概率，因此所有选票权重相同
    .hint = 请把 weights 设为 member 或 uniform，或用 transformers 运行该模型
answers-cut-off = { $name } 的 { $samples } 个答案中有 { $cut } 个在 { $tokens } 个词元处被截断
    .hint = 调大 max_tokens 才能比较完整的答案
answers-blank = 所有答案都是空白
    .hint = 请调大 max_tokens，或更换成员
answers-blank-in-part = { $name } 的 { $texts } 个答案中有 { $blank } 个是空白，不参加选举
candidates-blank = 所有候选都是空白
    .hint = 请至少给出一个有内容的候选
majority-without-answers = 所有文本中都找不到答案，因此按与其他文本的相似度决定（mbr）
    .hint = 请换一种答案类型，或设置答案之前的引导语
condorcet-without-winner = 没有候选能在两两对决中胜过其他所有候选，因此选出胜场减负场最多的一个（Copeland）
ballots-weightless = 所有选票的权重都是 0，无法决出结果，取第一个候选
    .hint = 请至少给一个成员大于 0 的权重
candidates-tied = 平局：候选 { $others } 与 { $last } 并列第一；候选 { $winner } 排在最前，所以取了它
elected-unopposed = 只有一个答案参选，自动当选
    .hint = 请调大 samples，或添加成员
metric-not-shown = 未显示 { $metric }：{ $why }
meanings-not-shown = 未显示语义余弦相似度：{ $cause }

## 同一成员的多个样本

samples-the-same = 温度为 0 时，{ $samples } 个样本完全相同
    .hint = 请设置温度，例如 0.7，或把 samples 设为 1
samples-of-one-the-same = 温度为 0 时，同一成员的 { $samples } 个样本完全相同
    .hint = 请设置温度，例如 0.7，或把 samples 设为 1
texts-without-answer = { $samples } 段文本中有 { $missing } 段找不到答案，不予计票

## 思维链、自我改进与智能体混合

thought-to-no-answer = 文本没有得出这类答案，保持原样
    .hint = 请调大 max_tokens，或检查文本是否以 { $phrase } 收尾
critique-blank = 批评是空白，因此保留原答案
    .hint = 请调大 max_tokens
refined-to-no-answer = 没有一个答案属于这个类型，最后一段文本保持原样
    .hint = 请调大 max_tokens，或检查文本是否以 { $phrase } 收尾
proposals-blank = 所有提案都是空白，因此没有可补充的内容
    .hint = 请调大 max_tokens
own-answer-only = 只有一个成员、一个样本时，它只能读到自己的答案
    .hint = 请调大 samples，或添加成员

## 辩论

solutions-without-answer = 没有智能体得出这类答案
    .hint = 请调大 max_tokens，或检查解答是否以 { $phrase } 收尾
replies-without-answer = 没有智能体得出这类答案
    .hint = 请调大 max_tokens，或检查回复是否以 { $phrase } 收尾
agents-failed = { $names } 在第 { $round } 轮出错：{ $cause }

## 级联

one-answer-agrees = 只有一个答案时，成员总是与自己一致：得到的第一个答案就会被采用
    .hint = 请把温度设为大于 0 的值，例如 0.7，并把 samples 设为 3 或更大
member-failed = { $name } 出错：{ $cause }
members-without-answer = 没有成员得出这类答案，最后一个成员的文本保持原样
    .hint = 请调大 max_tokens，或换一种答案类型
another-answer-stands = { $name } 没有得出答案；采用 { $other } 的答案

## 评审

judge-failed = 评审出错：{ $cause }
chosen-unopposed = 只有一个答案可选，自动入选
    .hint = 请添加成员
texts-without-verdict = 评审的 { $texts } 段文本中有 { $blank } 段没有给出裁决
    .hint = 请调大 max_tokens，或换一个能遵循指令的评审
verdicts-contrary = 评审的裁决互相矛盾；在被选中的答案里，取相同答案最多的
verdict-none = 没有裁决；取相同答案最多的，数量相同时取第一个
answers-of-members-tied = { $names } 的答案打成平局；取了第一个

## 成员路由

strengths-unlike = 提示与任何专长都不相近，因此由第一个成员回答
    .hint = 请描述各成员擅长什么，或给出例子
strengths-tied = 平局：提示与 { $names } 的专长同样接近；由其中第一个回答
strengths-too-many = 描述了 { $strengths } 项专长，但只有 { $members } 个成员
    .hint = 请按成员的顺序，每个成员给一项
strength-none = 没有说明 { $name } 擅长什么
    .hint = 请在 strengths 中逐一描述，例如 --set 'strengths=["sums", "letters"]'，或给该成员一条指令
    .hint-app = 请打开“设置”，在“各自所长”中逐一描述，或给该成员一条指令
meanings-rough-route = 嵌入模型是为英语训练的；对其他语言只能粗略理解
    .hint = 请改为按拼写选择路由
