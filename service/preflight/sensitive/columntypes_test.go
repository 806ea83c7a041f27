package sensitive

import "strings"

// A form of a column type: a Chinese name, an English one and values, as
// patterns of which one is taken: # stands for a digit, ? for a letter, % for
// a hexadecimal digit and {name} for a value that is made.
type form struct{ zh, en, like string }

// columnType is what else a kind of column comes as: an ordinary column of a
// firm that looks like it, one that misses it by little, and the masked ways
// that are its own. Why says which of the other ways make no sense.
type columnType struct {
	of           string // the kind's English name
	clean, near  form
	coarse, cut  string
	without, why string
}

const (
	free  = "any text may be a value of it, so that a token or a part of one is"
	stays = "a hashed or tokenized password is still one that may be used or guessed"
	word  = "a part of a word gives the word away"
)

var columnTypes = []columnType{
	{"id_card_no", form{"凭证编号", "voucher_no", "2024##############"}, form{"错误校验", "wrong_check", "{identity}"}, "3301** 1101**", "330102 110105", "", ""},
	{"IDNumber", form{"档案号", "archive_no", "DA##############x"}, form{"不可能日期", "no_such_day", "{day}"}, "33**** 11****", "3301 1101", "", ""},
	{"id_card", form{"条码", "barcode15", "690############"}, form{"资产编码", "asset_no", "330102850231###"}, "3301**", "330102 110105", "", ""},
	{"residence_card", form{"物料号", "material_no", "90################"}, form{"旧物料号", "old_material", "{residence}"}, "", "911 933", "", ""},
	{"passport_no", form{"款号", "style_no", "X########"}, form{"型号", "product_code", "?########"}, "", "E1 G3", "", ""},
	{"home_return_permit", form{"货位", "slot", "H##-##"}, form{"箱号", "box_no", "H1######"}, "", "H12 M08", "", ""},
	{"taiwan_permit", form{"日期码", "date_code", "2024110#"}, form{"台湾库存", "taiwan_stock", "########"}, "", "012 34", "", ""},
	{"travel_permit", form{"航班号", "flight_no", "CA#### MU####"}, form{"柜号", "cabinet_no", "B########"}, "", "C12 W08", "", ""},
	{"driver_license", form{"合同号", "contract_no", "HT################"}, form{"驾驶证类型", "driver_license_type", "C1 B2 A1"}, "", "330102 110105", "", ""},
	{"officer_card", form{"文号", "doc_no", "粤府〔2024〕##号"}, form{"印章号", "seal_no", "第########号"}, "", "军字第", "", ""},
	{"ssn", form{"批次", "lot", "A####"}, form{"社保基数", "insurance_base", "####"}, "", "", "tokens", free},
	{"bank_card", form{"支付流水", "flow_no", "2024############"}, form{"流水代码", "flow_code", "{card}"}, "", "622202 621700", "", ""},
	{"cardNo", form{"尺寸", "sizes", "1024 2048 4096"}, form{"会员卡号", "member_card_no", "{spaced}"}, "", "1234 0987", "", ""},
	{"bank_account", form{"积分", "points", "#####"}, form{"公司银行账号", "company_bank_account", "3301##########"}, "", "3301 1234", "", ""},
	{"mobile", form{"秒时间", "seconds", "13########"}, form{"编码11", "number11", "12#########"}, "138****", "138 1380013", "", ""},
	{"phone_number", form{"构建号", "build_no", "86#####"}, form{"零件号", "part_no", "SKU13#########A"}, "", "138 1380013", "", ""},
	{"msisdn", form{"毫秒时间", "millis", "16###########"}, form{"金额", "amount", "13#########.##"}, "", "138 1380013", "", ""},
	{"landline", form{"区号", "area_code", "010 021 0571"}, form{"热线", "hotline", "400-###-#### 0571-1#######"}, "0571-****", "0571 010", "", ""},
	{"email", form{"域名", "domain", "shop##.example.com"}, form{"提及", "mention", "user##@host"}, "*@qq.com *@163.com", "qq.com 163.com", "", ""},
	{"trader_code", form{"税号", "tax_no", "{company}"}, form{"错误代码", "wrong_code", "{trader}"}, "", "923301 921101", "", ""},
	{"plate_no", form{"机号", "tail_no", "B-####"}, form{"门店号", "store_no", "京东#####"}, "浙A***** 京B*****", "浙A 京B", "", ""},
	{"vin", form{"托盘号", "pallet_no", "PLT##############"}, form{"旧托盘号", "old_pallet", "{vin}"}, "", "LSVAA4187 LFVBB2100", "", ""},
	{"imei", form{"序列号", "serial15", "690############"}, form{"旧序列号", "old_serial", "{imei}"}, "", "35693803 86123456", "", ""},
	{"android_id", form{"提交号", "commit_no", "%%%%%%%"}, form{"校验和", "crc64", "%%%%%%%%%%%%%%%%"}, "", "", "tokens", free},
	{"client_ip", form{"版本", "version", "#.1#.2.#"}, form{"内网地址", "server", "192.168.1#.#"}, "36.40.0.0/16 36.40.*.*", "36.40.12 36.40", "", ""},
	{"mac", form{"时刻", "clock", "1#:2#:3#"}, form{"短码", "short_code", "%%:%%:%%:%%"}, "00:1A:2B:**:**:**", "00:1A:2B", "", ""},
	{"real_name", form{"颜色", "colour", "黄色 白色 金色 紫色"}, form{"品牌", "brand", "安踏 李宁 白象 金龙鱼"}, "张先生 李女士 王某 欧阳某某", "张 李 王", "", ""},
	{"customer_name", form{"城市", "city", "杭州 南京 金华 温州"}, form{"供应商", "supplier", "王府井百货有限公司 李锦记食品公司"}, "张** 李*", "张 李 王", "", ""},
	{"home_address", form{"行政区", "district", "浙江省杭州市西湖区 北京市朝阳区"}, form{"网点", "branch", "杭州余杭网点 深圳南山一部"}, "浙江省杭州市西湖区 北京市朝阳区", "浙江省杭州市 北京市", "", ""},
	{"wechat_id", form{"货号", "sku", "SKU-########"}, form{"微信公众号", "wechat_channel", "gh_########"}, "", "", "tokens", free},
	{"openid", form{"数量", "quantity", "#########"}, form{"QQ粉丝数量", "qq_count", "#########"}, "", "", "tokens", free},
	{"date_of_birth", form{"开票日期", "invoice_date", "2024-11-1#"}, form{"出生地", "birth_place", "杭州 南京 金华"}, "1985-** 1985-03 80后 20-30", "1985 1990", "", ""},
	{"dob", form{"交易日", "trade_date", "2024111#"}, form{"出生体重", "birth_weight", "3###"}, "[20,30) >=60", "198503 1985", "", ""},
	{"password", form{"状态", "status", "ok failed"}, form{"密码强度", "password_strength", "高 中 低"}, "", "", "stars hash tokens", stays},
	{"face_embedding", form{"模型", "model", "resnet## yolo##"}, form{"浏览器指纹", "browser_fingerprint", "%%%%%%%%%%%%"}, "", "", "tokens", free},
	{"guardian", form{"仓库", "warehouse", "A## B##"}, form{"监控点", "guard_post", "C-###"}, "张某 李某某", "", "tokens", free},
	{"location", form{"比率", "ratio", "0.######"}, form{"向量", "vector", "0.######,0.######"}, "39.9,116.4 30.2,120.1", "39.90 30.27", "", ""},
	{"religion", form{"风格", "style", "中式 日式 北欧"}, form{"教材", "region", "华东 华北"}, "", "", "tokens", free},
	{"ethnicity", form{"菜系", "cuisine", "川菜 粤菜"}, form{"民用", "trace_no", "T-####"}, "", "", "tokens", free},
	{"diagnosis", form{"结论", "result", "合格 不合格"}, form{"诊断费用", "diagnosis_fee", "###.##"}, "", "", "tokens", free},
	{"disability", form{"工位", "station", "W-####"}, form{"残次数", "usability", "##"}, "", "", "tokens", free},
	{"marital_status", form{"订单状态", "order_status", "已签收 待发货"}, form{"婚庆套餐", "wedding_plan", "A套 B套"}, "", "", "tokens", free},
	{"criminal_record", form{"告警", "alarm", "有 无"}, form{"记录数", "record_count", "###"}, "", "", "tokens", free},
	{"salary", form{"单价", "price", "#####"}, form{"平均工资", "avg_salary", "#####"}, "5000-8000 >=20000", "", "tokens", free},
}

// made are values that no pattern gives: each is wrong in its check digit or
// its date only, but for the companies' codes.
var made = map[string]func(*source) string{
	"identity":  func(g *source) string { return wrong(g.identity(), "0123456789X") },
	"day":       func(g *source) string { return close11(g.region() + "19850231" + g.digits(3)) },
	"residence": func(g *source) string { return wrong(g.residence(), "0123456789X") },
	"card":      func(g *source) string { return wrong(g.card(), "0123456789") },
	"spaced":    func(g *source) string { return spaced(wrong(g.card(), "0123456789")) },
	"imei":      func(g *source) string { return wrong(g.imei(), "0123456789") },
	"company":   func(g *source) string { return g.uscc("91") },
	"trader":    func(g *source) string { return wrong(g.uscc("92"), usccSet) },
	"vin": func(g *source) string {
		s := g.vin()
		return s[:8] + wrong(s[8:9], "0123456789X") + s[9:]
	},
}

func (g *source) like(patterns string) string {
	p := g.one(patterns)
	if p[0] == '{' {
		return made[strings.Trim(p, "{}")](g)
	}
	return strings.Map(func(r rune) rune {
		switch r {
		case '#':
			return rune('0' + g.IntN(10))
		case '?':
			return rune('A' + g.IntN(26))
		case '%':
			return rune("0123456789abcdef"[g.IntN(16)])
		}
		return r
	}, p)
}
