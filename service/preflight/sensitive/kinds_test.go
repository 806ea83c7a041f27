package sensitive

import (
	"fmt"
	"strings"
)

// A kind makes the values of one type of column. Rule is what the values are,
// "" for what only looks like it; headers are a Chinese and an English name.
type kind struct {
	rule, zh, en string
	value        func(*source) string
}

// dirty are values that identify or describe persons.
var dirty = []kind{
	{"identity-number", "身份证号", "id_card_no", (*source).identity},
	{"identity-number", "sfzh", "IDNumber", func(g *source) string { return strings.ToLower(g.identity()) }},
	{"identity-number-15", "身份证", "id_card", func(g *source) string { return g.region() + g.date("%04d%02d%02d")[2:] + g.digits(3) }},
	{"residence-card", "永久居留证号", "residence_card", (*source).residence},
	{"passport", "护照号码", "passport_no", func(g *source) string { return g.one("E"+g.digits(1)+" G3 EA EB PE") + g.digits(7) }},
	{"hk-macau-permit", "港澳居民来往内地通行证", "home_return_permit", func(g *source) string { return g.one("H M") + g.digits(8) }},
	{"taiwan-permit", "台胞证号", "taiwan_permit", func(g *source) string { return g.digits(8) }},
	{"exit-permit", "往来港澳通行证", "travel_permit", func(g *source) string { return g.one("C W") + g.digits(8) }},
	{"driver-licence", "驾驶证号", "driver_license", (*source).identity},
	{"officer-card", "军官证号", "officer_card", func(g *source) string { return "军字第" + g.digits(8) + "号" }},
	{"social-security", "社保卡号", "ssn", func(g *source) string { return "A" + g.digits(8) }},
	{"bank-card", "银行卡号", "bank_card", (*source).card},
	{"bank-card", "yhkh", "cardNo", func(g *source) string { return spaced(g.card()) }},
	{"bank-account", "银行账号", "bank_account", func(g *source) string { return g.digits(12 + g.IntN(5)) }},
	{"mobile-phone", "手机号", "mobile", (*source).mobile},
	{"mobile-phone", "lxdh", "phone_number", func(g *source) string { return "+86 " + g.mobile() }},
	{"mobile-phone", "sjh", "msisdn", func(g *source) string { m := g.mobile(); return m[:3] + "-" + m[3:7] + "-" + m[7:] }},
	{"fixed-phone", "固定电话", "landline", (*source).fixed},
	{"email", "电子邮箱", "email", (*source).email},
	{"uscc-sole-trader", "经营者代码", "trader_code", func(g *source) string { return g.uscc("92") }},
	{"plate", "车牌号", "plate_no", (*source).plate},
	{"vin", "车架号", "vin", (*source).vin},
	{"imei", "手机串号", "imei", (*source).imei},
	{"device-id", "设备指纹", "android_id", func(g *source) string { return g.from("0123456789abcdef", 16) }},
	{"ip-address", "登录IP", "client_ip", func(g *source) string {
		return fmt.Sprintf("%d.%d.%d.%d", 36+g.IntN(80), 32+g.IntN(200), g.IntN(256), g.IntN(256))
	}},
	{"mac-address", "MAC地址", "mac", func(g *source) string {
		return strings.TrimSuffix(strings.Repeat(g.from("0123456789ABCDEF", 2)+":", 5)+g.from("12345", 2), ":")
	}},
	{"person-name", "姓名", "real_name", (*source).name},
	{"person-name", "xm", "customer_name", (*source).name},
	{"address", "家庭住址", "home_address", (*source).address},
	{"network-account", "微信号", "wechat_id", func(g *source) string { return "wx_" + g.from("abcdefgh0123456789", 8) }},
	{"network-account", "QQ", "openid", func(g *source) string { return g.digits(9) }},
	{"birth-date", "出生日期", "date_of_birth", func(g *source) string { return g.date("%04d-%02d-%02d") }},
	{"birth-date", "csrq", "dob", func(g *source) string { return g.date("%04d%02d%02d") }},
	{"credential", "登录密码", "password", func(g *source) string { return g.from("abcdefXYZ0123456789!", 10) }},
	{"biometric", "指纹特征", "face_embedding", func(g *source) string { return g.from("abcdefghijkl0123456789", 40) }},
	{"minor", "监护人", "guardian", (*source).name},
}

// attributes are sensitive only beside an identifier.
var attributes = []kind{
	{"position", "经纬度", "location", func(g *source) string {
		return fmt.Sprintf("%d.%s,%d.%s", 22+g.IntN(20), g.digits(6), 100+g.IntN(20), g.digits(6))
	}},
	{"religion", "宗教信仰", "religion", func(g *source) string { return g.one("佛教 道教 基督教 伊斯兰教") }},
	{"ethnicity", "民族", "ethnicity", func(g *source) string { return g.one("汉族 回族 藏族 壮族") }},
	{"health", "诊断", "diagnosis", func(g *source) string { return g.one("高血压 糖尿病 流感 I10.x00") }},
	{"specific-identity", "残疾证号", "disability", func(g *source) string { return g.identity() + "41" }},
	{"intimate-life", "婚姻状况", "marital_status", func(g *source) string { return g.one("已婚 未婚 离异") }},
	{"criminal-record", "犯罪记录", "criminal_record", func(g *source) string { return g.one("有 交通肇事 盗窃") }},
	{"income", "月收入", "salary", func(g *source) string { return g.digits(5) }},
}

// veils are the desensitized forms.
var maskedKinds = []kind{
	{"identity-number", "身份证号", "id_card_no", func(g *source) string { s := g.identity(); return s[:6] + "********" + s[14:] }},
	{"identity-number", "证件号码", "idno", func(g *source) string { return g.identity()[:4] + "**" }},
	{"mobile-phone", "手机号", "mobile", func(g *source) string { s := g.mobile(); return s[:3] + "****" + s[7:] }},
	{"mobile-phone", "sjh", "phone", func(g *source) string { s := g.mobile(); return s[:3] + "XXXX" + s[7:] }},
	{"mobile-phone", "联系电话", "phone_hash", func(g *source) string { return g.from("0123456789abcdef", 64) }},
	{"bank-card", "银行卡号", "bank_card", func(g *source) string { return "622202******" + g.digits(4) }},
	{"email", "邮箱", "email", func(g *source) string { return "z***@" + g.one("qq.com 163.com") }},
	{"person-name", "姓名", "real_name", func(g *source) string { return g.one("张 李 王 欧阳") + g.one("* ** 某 某某") }},
	{"person-name", "联系人", "contact_name", func(g *source) string { return g.one("张 李 王") + g.one("先生 女士") }},
	{"birth-date", "出生日期", "birthday", func(g *source) string { return g.one("1985-** 1985 1990-07 20-30 80后") }},
	{"address", "家庭住址", "home_address", func(g *source) string { return g.one("浙江省杭州市西湖区 北京市朝阳区") }},
	{"plate", "车牌", "plate", func(g *source) string { return "浙A***" + g.digits(2) }},
	{"digest", "客户标识", "customer_key", func(g *source) string { return g.from("0123456789abcdef", 32) }},
}
