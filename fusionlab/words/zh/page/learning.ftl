# 模型如何学习：训练曲线。

learning-title = 正在学习
learning-title-ended = 学习过程
learning-picture = 训练曲线：每一步的损失。用方向键逐步查看。
learning-loss = 每一步的损失（奈特）
learning-held = 留出的文本（奈特/字节）
learning-solved = 答对的问题（共 { $asked } 题，95% 区间）
learning-solved-gain = { $asked } 题中答对：{ $before } → { $after }
learning-solved-share = { $asked } 题中 { $right } 题：{ $share }（{ $low } 至 { $high }）
learning-step-axis = 第 0 步
learning-step = 第 { $step } 步，共 { $total } 步
learning-speed = 每秒 { $tokens } 个词元
learning-left = 大约还需 { $time }
learning-gain = 留出的文本：{ $before } → { $after } 奈特/字节
learning-at = 第 { $step } 步：损失 { $loss }，平滑后 { $smooth }{ $rate ->
    [none] {""}
   *[other] ，学习率 { $rate }
}{ $held ->
    [none] 。
   *[other] ；此后留出的文本：{ $held } 奈特/字节。
}{ $right ->
    [none] {""}
   *[other] 此后 { $asked } 题答对 { $right } 题（{ $low } 至 { $high }）。
}
learning-key-smooth = 损失（平滑后）
learning-key-raw = 每一步的损失
learning-key-rate = 学习率，最高 { $most }
learning-key-held = 留出的文本
learning-key-solved = 答对的问题
learning-table = 以表格显示曲线
learning-head-step = 步
learning-head-loss = 损失
learning-head-smooth = 平滑后
learning-head-rate = 学习率
learning-head-held = 留出的文本（奈特/字节）
learning-head-solved = 答对的问题，95% 区间

# 训练时，路由器如何分配词元。
sharing-title = 哪些专家在读词元
sharing-told = 第 { $step } 步：各层负载的均匀度平均为 { $even }，最不均匀的是第 { $layer } 层，为 { $least }。{ $silent ->
    [0] 没有闲置的专家。
   *[other] { $all } 个专家中有 { $silent } 个闲置。
}
sharing-even = 负载的熵，占完全均匀时的比例
sharing-key-mean = 各层平均
sharing-key-least = 最不均匀的一层
sharing-grid = 第 { $step } 步，各专家在本层所有选择中的占比
sharing-about = 每一格是第 { $step } 步中该专家在本层所有选择中占的百分比。
sharing-table = 以表格显示负载
sharing-head-even = 均匀度
