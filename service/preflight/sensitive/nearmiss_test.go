package sensitive

import (
	"fmt"
	"strings"
)

// Fillers for planted cells.
var (
	orderNumber = kind{"", "订单号", "order_no", func(g *source) string { return "20" + g.digits(16) }}
	amounts     = kind{"", "人口金额", "amount", func(g *source) string { return fmt.Sprintf("%d.%02d", g.Int64N(1<<(10+g.IntN(30))), g.IntN(100)) }}
	days        = kind{"", "日期", "flight_date", func(g *source) string { return g.date("%04d-%02d-%02d") }}
	companies   = kind{"", "公司名称", "company", func(g *source) string {
		return g.one("杭州 北京") + g.one("某某 华信 中远") + "科技有限公司"
	}}
	shortText = kind{"", "备注短语", "short_text", func(g *source) string { return g.one("已签收 待处理 a/b n/a ok") }}
	fillers   = []kind{orderNumber, amounts, days, companies, shortText}
)

// nearMisses are values that look like identifiers and are none, or not told
// apart by anything but chance.
var nearMisses = []kind{
	orderNumber,
	{"", "流水号", "serial18", func(g *source) string { return g.digits(18) }},
	{"", "交易号", "txn16", func(g *source) string { return g.digits(16) }},
	{"", "批号", "batch19", func(g *source) string { return "622202" + g.digits(13) }},
	{"", "雪花号", "snowflake", func(g *source) string { return "17" + g.digits(17) }},
	{"", "区划日期号", "region_order", func(g *source) string { return "330102" + g.date("%04d%02d%02d") + g.digits(4) }},
	{"", "错误校验", "wrong_check", func(g *source) string { return wrong(g.identity(), "0123456789X") }},
	{"", "不可能日期", "no_such_day", func(g *source) string { return close11(g.region() + "19850231" + g.digits(3)) }},
	{"", "商品码", "ean13", func(g *source) string { return "69" + g.digits(11) }},
	{"", "毫秒时间", "millis", func(g *source) string { return fmt.Sprint(1600000000000 + g.Int64N(150000000000)) }},
	{"", "秒时间", "seconds", func(g *source) string { return fmt.Sprint(1300000000 + g.IntN(450000000)) }},
	{"", "数量", "quantity", func(g *source) string { return fmt.Sprint(g.Int64N(1 << (10 + g.IntN(30)))) }},
	amounts,
	{"", "编码11", "number11", func(g *source) string { return g.digits(11) }},
	{"", "编码12", "number12", func(g *source) string { return g.digits(12) }},
	{"", "编码15", "number15", func(g *source) string { return g.digits(15) }},
	{"", "型号", "product_code", func(g *source) string { return g.from("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 1) + g.digits(8) }},
	{"", "零件号", "part_no", func(g *source) string { return "SKU" + g.mobile() + "A" }},
	{"", "货架", "code17", func(g *source) string { return g.from("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", 17) }},
	{"", "合同代码", "code18", func(g *source) string { return "HT" + g.digits(6) + g.from(usccSet, 10) }},
	{"", "版本", "version", func(g *source) string {
		return fmt.Sprintf("%d.%d.%d.%d", 1+g.IntN(9), g.IntN(20), g.IntN(30), g.IntN(10))
	}},
	days,
	{"", "更新时间", "updated_at", func(g *source) string { return g.date("%04d-%02d-%02d") + " 12:30:45" }},
	{"", "时刻", "clock", func(g *source) string { return fmt.Sprintf("%02d:%02d:%02d", g.IntN(24), g.IntN(60), g.IntN(60)) }},
	{"", "向量", "vector", func(g *source) string { return "0." + g.digits(6) + ",0." + g.digits(6) }},
	{"", "比率", "ratio", func(g *source) string { return "0." + g.digits(11) }},
	{"", "颜色", "colour", func(g *source) string { return g.one("黄色 白色 金色 紫色 蓝色") }},
	{"", "城市", "city", func(g *source) string {
		return g.one("杭州 南京 金华 温州 常州 黄山 武汉 成都 吕梁 江门")
	}},
	{"", "品类", "category", func(g *source) string { return g.one("食品 服装 家电 图书 高级 平价") }},
	companies,
	{"", "行政区", "district", func(g *source) string { return g.one("浙江省杭州市西湖区 北京市朝阳区") }},
	{"", "通用标识", "uuid", func(g *source) string {
		return g.from("0123456789abcdef", 8) + "-" + g.from("0123456789abcdef", 4) + "-4abc-8def-" + g.from("0123456789abcdef", 12)
	}},
	{"", "机型", "aircraft", func(g *source) string { return g.one("B-757-200 A-320 MD-80 KC-10A") }},
	{"", "热线", "hotline", func(g *source) string { return "400-" + g.digits(3) + "-" + g.digits(4) }},
	{"", "统一社会信用代码", "uscc", func(g *source) string { return g.uscc("91") }},
	shortText,
	{"", "内网地址", "server", func(g *source) string { return fmt.Sprintf("192.168.%d.%d", g.IntN(256), g.IntN(256)) }},
	{"", "温度", "temperature", func(g *source) string { return fmt.Sprintf("-%d.%s", g.IntN(40), g.digits(4)) }},
}

func spaced(s string) string {
	var parts []string
	for ; len(s) > 4; s = s[4:] {
		parts = append(parts, s[:4])
	}
	return strings.Join(append(parts, s), " ")
}
