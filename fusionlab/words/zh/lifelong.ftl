# 终身学习：无法学习的任务序列。

lifelong-task-twice = 序列中任务 { $task } 出现了两次
    .hint = 每个任务只写一次：重复学习的任务不再是新任务
lifelong-one-task = 序列中只有 { $count } 个任务，没有先后可言
    .hint = 至少写两个任务，用空格隔开
lifelong-no-start = 序列包含了全部任务，没有任务留给初始模型
    .hint = 去掉一个任务
lifelong-domain-twice = 模型已有 { $domain } 的专家组
    .hint = 每个领域只追加一次
kind-domain = 领域
