# 未知的名称，以及它们本应是什么的名称。

unknown-name = 未知的{ $kind }“{ $name }”
    .hint = 目前没有可用的名称
unknown-name-near = 未知的{ $kind }“{ $name }”
    .hint = 是不是想写“{ $near }”？
unknown-name-listed = 未知的{ $kind }“{ $name }”
    .hint = 可用的名称：{ $known }

kind-adapter = 适配器
kind-builder = 构建方法
kind-built-model = 已构建的模型
kind-column-of = 列（在 { $columns } 之外）
kind-corpus = 语料
kind-field-of-a-turn = 对话轮次字段
kind-key-of = { $file } 的键
kind-member = 成员
kind-member-field = 成员字段
kind-member-recorded = 成员（应在 { $file } 中有文本记录）
kind-method = 方法
kind-kind-of-answer = 答案类型
kind-merge-rule = 合并规则
kind-metric = 指标
kind-metric-in-the-mixture = 混合指标中的指标
kind-model = 模型
kind-option-of = { $entry } 来源选项
kind-preset = 示例
kind-recipe-field = 配方字段
kind-rule = 规则
kind-scheme = 模型引用类型
kind-setting-of = { $entry } 设置项
kind-speed = 速度测试
kind-suite = 题集
kind-task = 任务
kind-task-in = 任务（应在 { $folder } 中）
kind-task-of = { $recipe } 任务
kind-vocabulary = 词表
kind-zoo-model = 小模型库中的模型
