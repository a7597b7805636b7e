# 配方：格式、字段、设置与对话；外来的表格；演示版的限制。

## 配方

recipe-not-toml = 配方不是 TOML：{ $said }
recipe-not-for-toml = 配方无法写成 TOML：{ $said }
recipe-lacks = 缺少 { $field }
builds-not-listed = { $field } 不是构建列表
    .hint = 请把每项构建写在一行 [[{ $field }]] 之下
builds-changed = 文件中有多项构建，而选项又改了其中内容
    .hint = 请去掉这些选项，或把它们写进文件
recipe-field-wrong = { $field }：{ $fault }，而给出的是 { $value }
member-field-wrong = 成员 { $member }：{ $field }：{ $fault }，而给出的是 { $value }
member-field-twice = 成员 { $member } 的 { $field } 写了两次
quotes-broken = { $text } 中的引号未闭合或有误：{ $said }
setting-unwritten = { $text } 不是设置
    .hint = 请写成 key=value
turn-unwritten = { $text } 不是一轮对话
    .hint = 请写成 user:文字，或 assistant:文字
description-too-long = short_description 超过 { $most } 个字符

## 设置

setting-of-a-method = { PLACE() ->
        [app] { METHOD($entry) } 的 { SETTING($setting, $entry) }：{ $fault }，而给出的是 { $value }
       *[terminal] { $entry } 的设置 { $setting }：{ $fault }，而给出的是 { $value }
    }
    .hint = { PLACE() ->
        [app] 请在“设置”中修改
       *[terminal] 运行 fusionlab methods 可查看 { $entry } 接受哪些设置
    }
setting-of-a-builder = { PLACE() ->
        [app] { SETTING($setting, $entry) }：{ $fault }，而给出的是 { $value }
       *[terminal] { $entry } 的设置 { $setting }：{ $fault }，而给出的是 { $value }
    }
    .hint = { PLACE() ->
        [app] 请在表单中修改
       *[terminal] { $entry } 接受 { $known }
    }
setting-of-a-rule = { PLACE() ->
        [app] { CHOICE("method", $entry) } 的 { SETTING($setting, "merge") }：{ $fault }，而给出的是 { $value }
       *[terminal] { $entry } 的设置 { $setting }：{ $fault }，而给出的是 { $value }
    }
    .hint = { PLACE() ->
        [app] 请在表单中修改
       *[terminal] { $entry } 接受 { $known }
    }
setting-of-a-study = { PLACE() ->
        [app] { SETTING($setting, $entry) }：{ $fault }，而给出的是 { $value }
       *[terminal] { $entry } 的设置 { $setting }：{ $fault }，而给出的是 { $value }
    }
    .hint = { PLACE() ->
        [app] 请在表单中修改
       *[terminal] { $entry } 接受 { $known }
    }
lacking = 缺少此项
not-yes-or-no = 应为 true 或 false
not-a-number = 应为数
not-a-whole-number = 应为整数
not-finite = 应为有限的数
not-a-text = 应为文本
not-a-list = 应为列表
not-a-table = 应为由字段组成的表
not-one-of = 应为以下之一：{ $expected }
not-from = 应大于或等于 { $ge }
not-above = 应大于 { $gt }
not-up-to = 应小于或等于 { $le }
not-below = 应小于 { $lt }
too-many-items = 最多 { $max_length } 项
too-few-items = 至少 { $min_length } 项
too-many-characters = 最多 { $max_length } 个字符
too-few-characters = 至少 { $min_length } 个字符
not-of-the-form = 应符合格式 { $pattern }
not-known = 没有这个字段
not-nothing = 应为空
fault-quoted = “{ $said }”

## 构建方法

id-of-a-model = 模型的 id 不能是 { $id }
    .hint = 最多 64 个字符，可用小写字母、数字、点、连字符和下划线
sources-too-few = { $builder } 至少需要 { $least } 个来源，现有 { $count } 个
    .hint = 请添加用来合成新模型的模型
sources-too-many = { $builder } 最多接受 { $most } 个来源，现有 { $count } 个
    .hint = 请减少来源，或选择接受多个来源的构建方法

## 对话

-turn-form = 请把每一轮写成 {"{"}"role": "user", "content": "…"{"}"}，role 为 user 或 assistant
-in-turn = 对话由 user 开始，user 与 assistant 轮流发言：请合并同一方连续的发言，并去掉开头的 assistant 发言
messages-no-list = messages 不是由各轮对话组成的列表：{ $value }
    .hint = { -turn-form }
turn-no-table = messages 的第 { $number } 轮不是一轮对话：{ $value }
    .hint = { -turn-form }
turn-without-text = messages 第 { $number } 轮的 content 不是文本
    .hint = { -turn-form }
turn-of-another-role = messages 第 { $number } 轮的 role 是 { $role }
    .hint = { -turn-form }
turn-of-the-system = 对话的第 { $number } 轮是 system 发言
    .hint = 请去掉这一轮，把其中的文字作为成员的指令（system）
turn-of-the-assistant = 对话的第 { $number } 轮来自 user，但此处应由 assistant 发言
    .hint = { -in-turn }
turn-of-the-user = 对话的第 { $number } 轮来自 assistant，但此处应由 user 发言
    .hint = { -in-turn }
turn-empty = 对话的第 { $number } 轮是空的
    .hint = 请写上当时说的话，或去掉这一轮和下一轮
turn-of-the-assistant-last = 对话以 assistant 的发言结尾
    .hint = 请以 user 接下来的提问结尾
turns-too-many = 对话有 { $turns } 轮；最多 { $most } 轮
    .hint = 请去掉最早的几轮
begin-not-with-method = { METHOD($method) } 不能接着已有的开头往下写
    .hint = 请选用 { METHOD($methods) }，或去掉回答的开头
begin-needs-logits = { $ref } 不能接着已有的开头往下写：它不提供完整的概率分布
    .hint = 请选本地模型，或去掉回答的开头
begin-too-long = 回答的开头有 { $tokens } 个词元，而整个回答最多 { $most } 个
    .hint = 请放宽回答的长度，或缩短开头
begin-read-anew = 回答的开头已重新切分：它原来的词元属于另一个词表
    .hint = 使用与原运行相同的成员，就能原样读入
branch-no-step = 这次运行没有第 { $step } 步，无从分支
    .hint = 请在当前显示的运行中选一步
branch-no-candidate = 第 { $step } 步没有可以接着写的这个候选
    .hint = 请选这一步里属于文字的候选
branch-too-late = 不能在第 { $step } 步分支：之前的文字并非逐词元可知，或已超过 { $most } 个词元
    .hint = 请选更早的一步，或重新运行
branches-too-many = 已经有 { $most } 个分支
    .hint = 请先保存，再从其中一个重新开始
text-given-unevenly = 给定文字的词元数与编号数不一致
prompt-and-messages = 同时给出了 prompt 和 messages
    .hint = 请去掉其中一个：prompt 是只有一轮的对话的简写

## 表格

-quotes = 文本含有引号、换行或分隔符时，请用双引号括起来
sheet-empty = { $name } 是空的
    .hint = 第一行必须是列名
sheet-quote-open = { $name } 第 { $line } 行：引号没有闭合
    .hint = { -quotes }
sheet-broken = { $name } 第 { $line } 行：{ $said }
    .hint = { -quotes }
sheet-columns-of-one-name = { $name } 有两列都叫 { $column }
    .hint = 请给每一列不同的名称

## 演示版的限制

-at-home = 想用更多，请在自己的电脑上运行 FusionLab
limit-tokens = 演示版最多 { $most } 个词元，这里要求 { $asked } 个
    .hint = { -at-home }
limit-setting = 演示版的 { SETTING($setting) } 最多为 { $most }，这里要求 { $asked }
    .hint = { -at-home }
limit-text = 演示版最多接受 { $most } 字节的文本，这里有 { $asked } 字节
    .hint = { -at-home }
limit-members = 演示版最多 { $most } 个成员，这里有 { $asked } 个
    .hint = { -at-home }
limit-items = 演示版最多 { $most } 道题，这里要求 { $asked } 道
    .hint = { -at-home }
limit-contenders = 演示版的方法和成员合计最多 { $most } 个，这里有 { $asked } 个
    .hint = { -at-home }
limit-seconds = 演示版运行 { $seconds } 秒后停止
    .hint = { -at-home }
limit-models = 演示版提供 { $offered }，不提供 { $ref }
    .hint = { -at-home }
limit-no-building = 演示版不构建模型
    .hint = 请在自己的电脑上运行 FusionLab
limit-no-text = 演示版不接受 { $setting }
    .hint = 请留空
limit-no-data = 演示版不读取外部数据
    .hint = 请选择自行生成题目的题集
