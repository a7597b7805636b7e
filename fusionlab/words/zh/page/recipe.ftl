# The recipe of a page: what is asked, of whom, by which method, and its settings.

recipe-prompt = 提示
    .placeholder = 想让模型回答什么？
    .keys = 按 Shift + Enter 运行
recipe-too-long = 这段文字有 { $written } 个字符，应用最多读取 { $most } 个，因此没有放进来。
    .hint = 请粘贴其中较短的一段
recipe-run = 运行
recipe-stop = 停止
recipe-start = 示例
    .none = 选择一个示例……
recipe-method = 方法
recipe-turns = 之前的对话
recipe-turn-user = 用户
recipe-turn-assistant = 助手
recipe-leave-out = 去掉之前的对话
recipe-refused = 请先解决这个问题
recipe-locked = 此处的设置只能查看，不能修改或运行。

recipe-members = 成员
recipe-member = 成员 { $number }
recipe-name = 名称
recipe-instruction = 指令
    .help = 只有这个成员会读到，位于提示之前。
    .none = 无
recipe-weight = 权重
    .help = 这个成员相对于其他成员的分量。设为 0 时仍会显示，但不参与决定。
recipe-remove = 移除这个成员
recipe-done = 完成
recipe-add = 添加成员
    .full = 这里最多 { $most } 个成员。
recipe-dropped-members = 此方法用不上以下成员，已移除（{ $n } 个）：{ $names }。
recipe-dropped-settings = 以下设置不适用于此方法，已恢复默认（{ $n } 项）：{ $names }。

recipe-model = 模型
recipe-models = 适合此方法的模型
recipe-model-none = 尚未选择模型
recipe-model-rungs = 另有 { $n } 个由阶梯构建的模型未列出；输入“ladder”即可查看。
recipe-model-search = 搜索；或输入模型引用后按 Enter
recipe-model-server = 服务器上的模型也可以作为成员：{ $server }
recipe-model-here = 已在本机
recipe-model-away = 需要下载
recipe-model-own = 按输入的引用
recipe-model-unknown = 运行前会检查它是否适用。
recipe-level-text = 仅文本
recipe-level-logprobs = 对数概率
recipe-level-logits = logits
recipe-level-internals = 完全开放

recipe-settings = 设置
recipe-settings-changed = 设置 · 已改 { $n } 项
recipe-settings-title = 设置
recipe-group-basic = 基本
recipe-group-rule = 规则
recipe-group-expert = 高级
recipe-usual = 恢复默认
recipe-list-help = 每行一条；若某一条有多行，请用一行 --- 把各条隔开。
