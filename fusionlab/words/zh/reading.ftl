# 文本格式也许没错，但超出了读取的界限。

read-no-file = 没有这个文件
read-not-utf8 = 不是 UTF-8 编码（第 { $place } 个字节）
read-too-many-values = 含有超过 { $most } 个值
read-too-deep = 嵌套过深
read-too-long = 超过 { $most } 个字符
read-number-too-long = 有超过 { $most } 位的数
read-not-finite = { $number } 不是有限的数

## Where reading stopped, and why

read-at-column = { $fault }（第 { $column } 列）
read-at = { $fault }（第 { $line } 行第 { $column } 列）
json-value = 缺少一个值
json-name = 缺少用双引号括起来的名称
json-colon = 名称后面缺少冒号
json-comma = 缺少逗号
json-more = 结尾之后还有多余的内容
json-trailing-comma = 右括号前面多了一个逗号
json-open = 文本缺少右引号
json-control = 文本中有控制字符；换行请写成 \n
json-escape = 反斜杠后面的字符不能这样写
