# 继续训练模型。

## 数据

-per-line = 每行一个 JSON 对象：text；messages，或 prompt 与 completion；或 prompt、chosen 与 rejected
train-no-data = 没有可供训练的数据
    .hint = { PLACE() ->
        [app] 请在{ SETTING("data", "train") }中选择
       *[terminal] 请用 --set data=FILE 给出文件，或用 --set data=corpus:maths 生成题目
    }
train-unreadable = 无法读取 { $file }：{ $said }
    .hint = 请给出 UTF-8 编码的文本或 JSON Lines 文件，或者 { $known } 之一
train-file-empty = { $file } 是空的
    .hint = 请给出有内容的文件
train-text-only-continues = { $file } 是纯文本，{ CHOICE("objective", $objective) } 无法从中分辨哪些是回答
    .hint = 请给出以 .jsonl 结尾的文件，{ -per-line }
train-corpus-no-pairs = { $corpus } 没有成对的回答
    .hint = 请给出含 prompt、chosen 和 rejected 的 JSON Lines 文件
train-suite-no-pairs = { $suite } 没有成对的回答
    .hint = 请给出含 prompt、chosen、rejected 的 JSON Lines 文件，或在 { SETTING("data", "train") } 中选 own:SUITE，让模型自己造出回答对
train-own-only-prefers = { $data } 造出的是成对的回答，{ CHOICE("objective", $objective) } 从中学不到东西
    .hint = 请改用 { CHOICE("objective", "prefer") }，或给出别的数据
train-own-inexact = { $suite } 的回答按相似度打分，没有对错之分
    .hint = 请选用答案唯一的题集，例如 word-problems
train-own-alike = 温度为 { $temperature } 时，{ $samples } 个样本会完全相同
    .hint = 请至少取 2 个样本，并让温度大于 0
train-own-few = { $suite } 的 { $questions } 道题各抽 { $samples } 个样本，只有 { $pairs } 道既有对的也有错的回答；训练至少需要 { $fewest } 对
    .hint = 请多出些题（{ SETTING("questions", "train") }），或每题多抽样本（{ SETTING("samples", "train") }），并提高温度（现为 { $temperature }）
train-own-none = { $lacking ->
        [right] 模型对 { $suite } 的 { $questions } 道题没有一个回答是对的
       *[wrong] 模型对 { $suite } 的 { $questions } 道题没有一个回答是错的
    }，因此没有可用的回答对
    .hint = { $lacking ->
        [right] 请先教它（{ CHOICE("objective", "instruct") }），或选用它有时能答对的题集
       *[wrong] 请提高温度（现为 { $temperature }），或选用更难的题集
    }
train-own-tokens = { $suite } 的回答对还没有造出来，无法知道有多少词元
    .hint = 请用 { SETTING("steps", "train") } 代替 { SETTING("tokens", "train") }
train-line = { $file } 第 { $number } 行：{ $fault }
    .hint = 请修正或删除该行；格式为{ -per-line }
train-line-of-another = 该行没有单独的文本，而是 { CHOICE("objective", $objective) } 所需的内容：请改选它
train-line-empty = 该行为空
train-field-empty = 有字段为空
train-answer-empty = 有回答为空
train-no-answer = 没有助手对用户的回答
train-messages = { $field } 为 { $value }，不是带有 role（system、user 或 assistant）和 content 的消息列表
train-answers-equal = 两个回答相同
train-answers-alike = { $file } 第 { $number } 行：对该模型而言，两个回答完全相同
    .hint = 请删除该行
train-nothing-learned = { $file } 第 { $number } 行：没有可学的内容，因为模型的对话模板没有保留回答
    .hint = 请删除该行
train-no-template = { $model } 没有对话模板，无法读取多轮对话
    .hint = 请给出 prompt 和 completion，或换一个有模板的模型
train-all-too-long = { $file } 中的全部内容都超过 { $longest } 个词元
    .hint = 请调大 { SETTING("length", "train") }
train-data-changed = 制定计划之后，{ $file } 被改动过
    .hint = { PLACE() ->
        [app] 请再次点击“构建”
       *[terminal] 请重新运行该命令
    }
train-columns = { $name } 的列是 { $found }，目标 { $objective } 不知道该从中学习什么
    .hint = 请把列改名为 { -per-line }，或给出含有这些字段的 JSON Lines 文件
train-row = { $name } 第 { $number } 行：{ $fault }
    .hint = 这个数据集没有一行可用；每行应是 { -per-line }
train-row-broken = { $fault }
train-row-none = 没有任何行
train-rows-left-out = { $name } 的 { $all } 行中有 { $count } 行不可用，已略去；第一处是第 { $number } 行：{ $fault }
    .hint = 每行应是 { -per-line }

## 计划

train-steps-and-tokens = 同时给出了步数（{ $steps }）和要读的词元数（{ $tokens }）
    .hint = 请只给出其中一个
train-counts = 可学样例 { $examples } 个，共 { $tokens } 个词元；留出 { $held } 个；{ $steps } 步，每步 { $drawn } 个
train-quiz = 学习过程中将回答 { $suite } 中供训练用的 { $count } 个问题，它们都不在数据里
train-quiz-none = 在 { $suite } 供训练用的问题中，凡能在学习过程中提问的，数据里都已有
    .hint = 请在 { SETTING("suite", "train") } 中另选题集，或减少数据
train-quiz-too-long = { $suite } 的一个问题及其答案需要 { $needed } 个词元，而模型只能读 { $context } 个
    .hint = 请在 { SETTING("suite", "train") } 中另选题集，或不选
train-own-counts = 将对 { $suite } 的 { $questions } 道题各作答 { $samples } 次，由对的和错的回答配对；{ $steps } 步，每步 { $drawn } 对
train-nothing-held-out = 没有留出任何数据，因此看不出模型是否只是死记硬背
train-left-out = { $all } 个中有 { $count } 个超过 { $length } 个词元，已略去
    .hint = 若也要学习它们，请调大 { SETTING("length", "train") }
train-unknown-tokens = 数据中有 { $count } 个词元是模型的分词器不认识的
    .hint = 请换用模型能读的数据
train-text-short = { $file } 只有 { $count } 个词元，不足一行（{ $length }）
    .hint = 请给出更多文本，或调小 { SETTING("length", "train") }
train-longer-than-context = 每行 { $length } 个词元，超过模型能读的长度 { $context }
    .hint = 请调小 { SETTING("length", "train") }
train-source-adapted = { $source } 的适配器所改动的权重，在模型文件中的存放方式与模型中的不同
    .hint = { PLACE() ->
        [app] 请先单独合并它，得到一个模型，再训练那个模型
       *[terminal] 请先用 fusionlab build merge --source { $source } --id NAME 合成一个模型，再训练 built:NAME
    }
train-goes-on = 继续训练 { $source } 的适配器本身：秩为 { $rank }，alpha 为 { $alpha }
    .hint = { PLACE() ->
        [app] 若要另一个秩的适配器，请先单独合并它，得到一个模型，再在那个模型旁训练
       *[terminal] 若要另一个秩的适配器，请先用 fusionlab build merge --source { $source } --id NAME 合成一个模型，再在 built:NAME 旁训练
    }
train-shard-adapter = 只有训练全部权重时才能把权重分给多个进程，训练适配器时不能
    .hint = 请去掉 { SETTING("shard", "train") } 或 { SETTING("lora", "train") }
train-shard-routers = 只有训练全部权重时才能把权重分给多个进程
    .hint = 请去掉 { SETTING("shard", "train") }，或改为训练全部权重
train-lora-and-routers = 同时要求训练适配器和单独训练路由器
    .hint = 请把 { SETTING("lora", "train") } 设为 0，或改为训练全部权重
train-routers-dense = { $source } 是稠密模型，没有可训练的路由器
    .hint = { PLACE() ->
        [app] 请先把它做成混合专家模型，或训练它的全部权重
       *[terminal] 请先用 fusionlab build upcycle --source { $source } 把它做成混合专家模型，或训练它的全部权重
    }
train-routers-of-one = { $source } 把每个词元只交给一个专家，其权重总是 1：路由器从文本中学不到任何东西
    .hint = 请以每个词元两个专家来制作混合模型；使用时仍可只选其中一个
train-routers-unstored = 在 { $source } 的文件中找不到它的 { $name }
    .hint = 请训练它的全部权重
train-shard-uneven = 一步的 { $drawn } 行无法平均分成 { $parts } 份
    .hint = 请调整 batch 和 accumulate，让每个进程在每一份里的行数相同
train-needs-peft = 训练适配器需要 peft 包，但尚未安装
    .hint = pip install fusionlab[train]，或去掉 { SETTING("lora", "train") }
train-adapter-name-taken = FusionLab 自带一个名为 { $id } 的适配器
    .hint = { PLACE() ->
        [app] 请给新适配器另取一个名字
       *[terminal] 请用 --id 给新适配器另取一个名字
    }

## 运行中

train-pieces-leak = 在 { $name } 中，同一行里的各段文本会互相看见
    .hint = 每段开头学到的内容会受前一段影响；一行只放一段即可避免
