package sensitive

import (
	"fmt"
	"testing"
)

// business are tables as firms have them, with nothing of persons in them but
// much that is as long as what identifies one. Each column is a kind whose
// rule is empty; name is the table's.
var business = []struct {
	name    string
	columns []kind
}{
	{"orders", []kind{
		{"", "订单号", "", func(g *source) string { return g.date("%04d%02d%02d") + g.digits(10) }},
		{"", "支付流水号", "", func(g *source) string { return "4200" + g.digits(24) }},
		{"", "商户单号", "", func(g *source) string { return "10000" + g.digits(11) }},
		{"", "下单时间", "", func(g *source) string { return fmt.Sprint(1600000000000 + g.Int64N(150000000000)) }},
		{"", "支付时间", "", func(g *source) string { return fmt.Sprint(1300000000 + g.IntN(450000000)) }},
		{"", "创建时间", "", func(g *source) string { return g.date("%04d%02d%02d") + "12" + g.digits(4) }},
		{"", "商品名称", "", func(g *source) string {
			return g.one("白象方便面 康师傅绿茶 金龙鱼大豆油 安踏跑鞋 黄桃罐头")
		}},
		{"", "金额", "", func(g *source) string { return fmt.Sprintf("%d.%02d", g.IntN(100000), g.IntN(100)) }},
		{"", "状态", "", func(g *source) string { return g.one("已签收 待发货 已取消") }},
	}},
	{"shipments", []kind{
		{"", "运单号", "", func(g *source) string { return g.one("SF YT JT") + g.digits(13) }},
		{"", "快递单号", "", func(g *source) string { return "7" + g.digits(11) }},
		{"", "面单号", "", func(g *source) string { return "43" + g.digits(13) }},
		{"", "始发地", "", func(g *source) string { return g.one("杭州 金华 温州 江门 黄山 常州 安阳") }},
		{"", "目的地", "", func(g *source) string {
			return g.one("浙江省杭州市余杭区 广东省深圳市南山区 江苏省苏州市")
		}},
		{"", "网点", "", func(g *source) string { return g.one("杭州余杭网点 深圳南山一部 苏州园区分拨中心") }},
		{"", "重量", "", func(g *source) string { return fmt.Sprintf("%d.%d", g.IntN(30), g.IntN(10)) }},
	}},
	{"sensors", []kind{
		{"", "device_sn", "", func(g *source) string { return "SN" + g.from("0123456789ABCDEF", 14) }},
		{"", "ts", "", func(g *source) string { return fmt.Sprint(1600000000000000 + g.Int64N(1e14)) }},
		{"", "temperature", "", func(g *source) string { return fmt.Sprintf("%d.%s", g.IntN(40), g.digits(2)) }},
		{"", "voltage", "", func(g *source) string { return fmt.Sprintf("%d.%s", 210+g.IntN(30), g.digits(9)) }},
		{"", "reading", "", func(g *source) string { return "1" + g.digits(10) + "." + g.digits(2) }},
		{"", "checksum", "", func(g *source) string { return g.from("0123456789abcdef", 8) }},
	}},
	{"products", []kind{
		{"", "条码", "", func(g *source) string { return "69" + g.digits(11) }},
		{"", "sku", "", func(g *source) string { return "SKU-" + g.digits(8) }},
		{"", "品牌", "", func(g *source) string { return g.one("安踏 李宁 白象 金龙鱼 康师傅 特步 匹克") }},
		{"", "品名", "", func(g *source) string {
			return g.one("黄瓜 白菜 马铃薯 金针菇 文蛤 石榴 于都脐橙 毛豆 花生 常温奶")
		}},
		{"", "规格", "", func(g *source) string { return fmt.Sprintf("%dg*%d", 100*(1+g.IntN(9)), 1+g.IntN(24)) }},
		{"", "产地", "", func(g *source) string { return g.one("山东寿光 云南昆明 黑龙江五常 江苏盱眙") }},
		{"", "上市日期", "", func(g *source) string { return g.date("%04d-%02d-%02d") }},
	}},
	{"ledger", []kind{
		{"", "凭证号", "", func(g *source) string { return "记-" + g.digits(4) }},
		{"", "科目编码", "", func(g *source) string { return g.one("1001 100201 22210101 6601") }},
		{"", "科目名称", "", func(g *source) string {
			return g.one("银行存款 应付账款 管理费用 主营业务收入 库存现金")
		}},
		{"", "摘要", "", func(g *source) string {
			return g.one("收到货款 支付房租 计提折旧 结转成本 采购原料")
		}},
		{"", "借方金额", "", func(g *source) string { return fmt.Sprintf("%d.%02d", g.Int64N(1e11), g.IntN(100)) }},
		{"", "会计期间", "", func(g *source) string { return g.date("%04d%02d%02d")[:6] }},
	}},
	{"invoices", []kind{
		{"", "发票代码", "", func(g *source) string { return "0330018" + g.digits(5) }},
		{"", "发票号码", "", func(g *source) string { return "2533" + g.digits(16) }},
		{"", "旧发票号码", "", func(g *source) string { return g.digits(8) }},
		{"", "开票日期", "", func(g *source) string { return g.date("%04d年%02d月%02d日") }},
		{"", "销方名称", "", func(g *source) string {
			return g.one("杭州 北京 宁波") + g.one("华信 中远 万方") + "科技有限公司"
		}},
		{"", "销方税号", "", func(g *source) string { return g.uscc("91") }},
		{"", "价税合计", "", func(g *source) string { return fmt.Sprintf("%d.%02d", g.IntN(1e8), g.IntN(100)) }},
	}},
	{"advertising", []kind{
		{"", "campaign_id", "", func(g *source) string { return "17" + g.digits(17) }},
		{"", "creative_id", "", func(g *source) string { return "62" + g.digits(14) }},
		{"", "impressions", "", func(g *source) string { return fmt.Sprint(g.Int64N(1e11)) }},
		{"", "clicks", "", func(g *source) string { return fmt.Sprint(g.IntN(1e8)) }},
		{"", "cost", "", func(g *source) string { return fmt.Sprintf("%d.%s", g.IntN(1e6), g.digits(4)) }},
		{"", "placement", "", func(g *source) string { return g.one("首页 信息流 开屏 搜索") }},
		{"", "landing_page", "", func(g *source) string { return "https://example.com/p/" + g.digits(11) }},
	}},
	{"meters", []kind{
		{"", "计量点编号", "", func(g *source) string { return g.digits(13) }},
		{"", "资产编号", "", func(g *source) string { return "3340" + g.digits(18) }},
		{"", "台区", "", func(g *source) string { return g.one("文三路1号变 翠苑二区公变 古荡湾村3号变") }},
		{"", "读数", "", func(g *source) string { return fmt.Sprintf("%d.%s", g.IntN(1e6), g.digits(4)) }},
		{"", "日期", "", func(g *source) string { return g.date("%04d/%02d/%02d") }},
	}},
	{"quotes", []kind{
		{"", "证券代码", "", func(g *source) string { return "60" + g.digits(4) }},
		{"", "证券简称", "", func(g *source) string {
			return g.one("贵州茅台 宁德时代 万科A 金地集团 白云山 马应龙 石基信息")
		}},
		{"", "收盘价", "", func(g *source) string { return fmt.Sprintf("%d.%02d", g.IntN(2000), g.IntN(100)) }},
		{"", "成交量", "", func(g *source) string { return fmt.Sprint(g.Int64N(1e12)) }},
		{"", "成交额", "", func(g *source) string { return fmt.Sprint(13000000000 + g.Int64N(6e9)) }},
		{"", "交易日", "", func(g *source) string { return g.date("%04d%02d%02d") }},
	}},
	{"inspection", []kind{
		{"", "序列号", "", func(g *source) string { return g.digits(15) }},
		{"", "工单号", "", func(g *source) string { return "WO" + g.date("%04d%02d%02d") + g.digits(4) }},
		{"", "条形码", "", func(g *source) string { return "00" + g.digits(18) }},
		{"", "设备编号", "", func(g *source) string { return "EQ-" + g.digits(4) }},
		{"", "检测值", "", func(g *source) string { return fmt.Sprintf("0.%s", g.digits(12)) }},
		{"", "结论", "", func(g *source) string { return g.one("合格 不合格 返工 特采") }},
		{"", "批次", "", func(g *source) string { return g.from("ABCDEFGHJK", 2) + g.digits(6) }},
	}},
	{"flights", []kind{
		{"", "航班号", "", func(g *source) string { return g.one("CA MU CZ HU") + g.digits(4) }},
		{"", "机号", "", func(g *source) string { return "B-" + g.digits(4) }},
		{"", "航路", "", func(g *source) string { return g.one("PEK-SHA CAN-HGH SZX-CTU") }},
		{"", "实际起飞", "", func(g *source) string { return g.date("%04d-%02d-%02d") + "T08:15:00+08:00" }},
		{"", "里程", "", func(g *source) string { return g.digits(4) }},
	}},
}

// doubtful are columns that nothing tells from a person's but their name, which
// anybody may choose: amounts from 13 to 19 thousand millions, each of them a
// mobile number by its form.
var doubtful = map[string]string{"成交额": "mobile-phone"}

// TestBusinessTables: no column of them is sensitive, and none is for a person
// to look at, but for those in doubt.
func TestBusinessTables(t *testing.T) {
	g := newSource(20261122)
	for _, b := range business {
		names, columns := make([]string, len(b.columns)), make([][]string, len(b.columns))
		for i, k := range b.columns {
			names[i] = k.zh
			for range 3000 {
				columns[i] = append(columns[i], k.value(g))
			}
		}
		for _, r := range scan(names, columns...) {
			if r.Because != doubtful[r.Column] {
				t.Errorf("%s, column %s is %s because of %s: %+v", b.name, r.Column, r.Verdict, r.Because, r.Hits)
			}
		}
	}
}
