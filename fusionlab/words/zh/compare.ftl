# 对比：同一个提示、同一组成员，用多种方法回答。

## 配方

compare-too-deep = 这不是一份对比：嵌套太深
compare-setting-unwritten = { $text } 不是某个方法的设置
    .hint = 请写成 METHOD.key=value
compare-setting-of-none = 设置 { $text } 前面没有方法
    .hint = 请先写方法，或写成 METHOD.key=value
kind-method-compared = 本次对比中的方法
compare-without-members = 没有成员，无法对比方法
    .hint = { PLACE() ->
        [app] 请点击“添加成员”，至少添加一个
       *[terminal] 请用 --member 至少添加一个
    }
compare-too-many-ways = 这里共有 { $count } 种回答方式；一次对比最多 { $most } 种
    .hint = 请少选一些方法或成员
compare-none-suits = 所选方法都不适合这些成员：{ $reasons }
    .hint = 请换其他方法或其他成员
compare-reasons = { $before }；{ $reason }

## 文件

compare-file-none = { $name } 不是对比记录
    .hint = { PLACE() ->
        [app] 点击“下载本次对比”即可得到这种文件
       *[terminal] fusionlab compare --out 会写出这种文件
    }
compare-file-of-another = { $name } 里是另一次对比
    .hint = 请换一个 --out；若要接着运行，提示、成员、方法和设置须完全相同
compare-no-way = { $number } 不是任何一种方式的编号

## 命令行

compare-kept = { $file } 中已有 { $n } 种方式运行完毕并保留，只运行其余的。
compare-begins = 第 { $number } / { $of } 种：{ $way }
compare-over = 共 { $n } 种方式，合计 { $seconds } 秒。
compare-was-stopped = 这次对比中途停止；用同一命令加 --out 可以接着运行。
compare-row-waiting = 未运行
compare-row-stopped = 已停止
compare-row-failed = 运行失败：{ $why }
compare-row-unsuited = 不适合：{ $why }
compare-no-answer = 没有答案
compare-column-way = 方式
compare-column-answer = 答案
compare-column-right = 对错
compare-column-tokens = 词元（读入 + 写出）
compare-column-passes = 前向计算
compare-column-seconds = 秒
compare-column-times = 相对最省者
compare-right = ✓
compare-wrong = ✗

## 应用

compare-without-methods = 没有选择方法
    .hint = 请至少勾选一个适合这些成员的方法

cli-help-compare = 同一提示下对比多种方法：答案与开销
cli-help-compare-file = 可用选项改写其中内容
cli-help-compare-method = 后面可以跟多个
cli-help-compare-all = 所有适用的方法；默认如此
cli-help-compare-set = 某一方法的设置
cli-help-compare-truth = 正确答案；成员看不到它
cli-help-compare-answer = 答案的类型
cli-help-compare-out = 记录下来；可从中断处继续
cli-help-compare-share = 只打印链接，不运行
