# 已知的模型、各自擅长什么，以及模型的开放程度。

## 开放程度

level-text = 文字
    .summary = 只给出写好的文字，足以投票和对话。
level-logprobs = 对数概率
    .summary = 还能给出下一个词元的可能性。
level-logits = logits
    .summary = 能给出每个词元的可能性，足以与其他模型逐词元合写。
level-internals = 内部状态
    .summary = 内部的一切也都能观察，例如选了哪些专家。

## 目录中的模型

model-smollm2-135m = SmolLM2 135M
    .good = 简短的英语回答和常识
model-all-minilm-l6-v2 = MiniLM L6
    .good = 比较英语句子的意思；不写文字

## SmolLM2 的适配器

model-smollm2-135m-dates = SmolLM2（日期）
    .good = 星期几，以及同一个月内的日期
model-smollm2-135m-editing = SmolLM2（改句子）
    .good = 大小写、倒排词序，以及句子的小修改
model-smollm2-135m-maths = SmolLM2（应用题）
    .good = 一步一步解简单的应用题
model-smollm2-135m-tables = SmolLM2（表格）
    .good = 在小表格里查数、求和

## 小模型库（zoo）：做精确任务的微型模型

model-zoo-base = 基础模型
    .good = 小模型库的各种任务都会一点，但都不精
model-zoo-generalist = 通才
    .good = 小模型库的所有任务
model-zoo-adder = 加法器
    .good = 加法，例如 add 384+77=
model-zoo-adder-2 = 加法器（另一个种子）
    .good = 加法，犯的错与加法器不同
model-zoo-subtracter = 减法器
    .good = 减法，例如 subtract 384-77=
model-zoo-comparer = 比较器
    .good = 比较两个数的大小，数字母出现的次数
model-zoo-calendar = 日历
    .good = 星期几和每月的天数
model-zoo-editor = 编辑
    .good = 把字母倒排、排序、隔一个取一个、重复一遍
model-zoo-writer = 作者
    .good = 先写解答，再写答案
model-zoo-reader-1 = 读者 1
    .good = 辩论：自己写解答，也读别人的解答
model-zoo-reader-2 = 读者 2
    .good = 辩论，训练用的种子与读者 1 不同
model-zoo-mixture-top1 = 混合专家（8 选 1）
    .good = 小模型库的所有任务；每个词元由八位专家中的一位来读
model-zoo-mixture-top2 = 混合专家（8 选 2）
    .good = 小模型库的所有任务；每个词元由八位专家中的两位来读
model-zoo-mixture-fine = 混合专家（16 选 4）
    .good = 小模型库的所有任务；每个词元由十六位小专家中的四位和一位共享专家来读
model-zoo-mixture-top1-young = 混合专家（8 选 1，训练到一半）
    .good = 看看训练结束之前路线是什么样子
model-zoo-mixture-fine-young = 混合专家（16 选 4，训练到一半）
    .good = 看看训练结束之前路线是什么样子
model-zoo-pieces-base = 基础模型（第二词表）
    .good = 各种任务都会一点，一个词元可含多个字母
model-zoo-pieces-adder = 加法器（第二词表）
    .good = 加法，一个词元可含多个字母
model-zoo-pieces-subtracter = 减法器（第二词表）
    .good = 减法，一个词元可含多个字母
model-zoo-pieces-comparer = 比较器（第二词表）
    .good = 比大小、数个数，一个词元可含多个字母
model-zoo-pieces-calendar = 日历（第二词表）
    .good = 星期和月份，一个词元可含多个字母
model-zoo-pieces-editor = 编辑（第二词表）
    .good = 字母的倒排、排序和重复，一个词元可含多个字母
