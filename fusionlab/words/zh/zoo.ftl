# 在本机训练的模型：zoo 的配方与任务，以及训练过程。

## 配方

zoo-recipe-not-toml = { $name } 的配方不是 TOML：{ $said }
zoo-recipe-field = { $name } 的配方：{ $field }：{ $said }
zoo-recipe-without-shape = { $name } 的配方没有 shape
zoo-recipe-without-task = { $name } 的配方没有指定任务
zoo-own-ancestor = { $name } 是它自己的祖先
zoo-shape-or-parent = { $name } 的配方需要 shape 或 parent，二者选一
    .hint = 有父模型的模型沿用父模型的 shape
zoo-rehearsal-without-parent = { $name } 没有父模型，无从复习其任务
zoo-active-without-parent = { $name } 没有父模型；请在 shape 中写明激活多少个专家
zoo-heads = { $name } 的配方：{ $hidden } 个隐藏单元无法平均分给 { $heads } 个注意力头
    .hint = 请让 hidden 是注意力头数两倍的整数倍
zoo-experts = { $name } 的配方：{ $architecture } 不能有 { $experts } 个专家、激活其中 { $active } 个
    .hint = llama 没有专家；混合专家模型有若干专家，至少激活一个
zoo-shared-units = { $name } 的配方：{ $architecture } 不能有 { $shared } 个共享单元
    .hint = qwen2_moe 有一个共享专家，其他架构没有

## 父模型与模型

zoo-not-trained = zoo/{ $name } 还没有训练
    .hint = 请先运行 fusionlab zoo train { $recipe }
zoo-parent-unsealed = { $file } 没有写明父模型用的是哪些权重
    .hint = 请重新训练父模型，或复制它的整个文件夹
zoo-parent-reads-otherwise = { $name } 使用词表 { $vocabulary }，而其父模型 { $parent } 不是
    .hint = 请给两个配方相同的词表

## 任务

task-other-problem = { $prompt } 不是 { $task } 的题目
    .hint = { $explanation }

## 训练

-from-the-start = 删除它即可从头开始
-slower = 请调低学习率或加长预热；到最后一个检查点为止学到的内容仍保留在工作文件夹中
loss-not-finite = 第 { $step } 步的损失为 { $loss }，学习率为 { $rate }
    .hint = { -slower }
gradient-not-finite = 第 { $step } 步的损失为 { $loss }，学习率为 { $rate }，但其梯度不是有效数值
    .hint = { -slower }
checkpoint-of-another-plan = { $file } 是按另一个计划写出的
    .hint = { -from-the-start }
checkpoint-unreadable = 无法读取 { $file }：{ $said }
    .hint = { -from-the-start }
checkpoint-damaged = { $file } 已损坏
    .hint = { -from-the-start }
