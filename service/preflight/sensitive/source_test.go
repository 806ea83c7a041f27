package sensitive

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// source makes values from a fixed seed. All of them are made up; check digits
// are worked out here, apart from the code under test.
type source struct{ *rand.Rand }

func newSource(seed uint64) *source { return &source{rand.New(rand.NewPCG(seed, 7))} }

func (g *source) digits(n int) string {
	var b strings.Builder
	for range n {
		b.WriteByte(byte('0' + g.IntN(10)))
	}
	return b.String()
}

func (g *source) one(list string) string {
	words := strings.Fields(list)
	return words[g.IntN(len(words))]
}

func (g *source) from(set string, n int) string {
	r := []rune(set)
	var b strings.Builder
	for range n {
		b.WriteRune(r[g.IntN(len(r))])
	}
	return b.String()
}

func (g *source) date(layout string) string {
	return fmt.Sprintf(layout, 1940+g.IntN(70), 1+g.IntN(12), 1+g.IntN(28))
}

func (g *source) region() string {
	return g.one("1101 1201 1301 1401 2101 2201 3101 3201 3301 3302 3401 3501 3601 3701 4101 4201 4301 4401 4403 5001 5101 5301 6101 6501") + g.one("02 05 08 11 23 81")
}

func (g *source) identity() string { return close11(g.region() + g.date("%04d%02d%02d") + g.digits(3)) }
func (g *source) residence() string {
	return close11("9" + g.one("11 31 33 44") + g.digits(3) + g.date("%04d%02d%02d") + g.digits(3))
}

// close11 appends the check digit by powers of two modulo 11 (ISO 7064), a
// different way from the table of weights.
func close11(s string) string {
	p := 0
	for _, c := range s {
		p = (p + int(c-'0')) * 2 % 11
	}
	return s + string("0123456789X"[(12-p)%11])
}

func wrong(s, set string) string {
	i := strings.IndexByte(set, s[len(s)-1])
	return s[:len(s)-1] + string(set[(i+3)%len(set)])
}

func (g *source) card() string {
	prefix, n := g.one("622202 621700 622848 621661 622588 625912 621226 955880"), 19
	if g.IntN(3) == 0 {
		prefix, n = g.one("622588 625912 438088 524094 356827"), 16
	}
	return closeLuhn(prefix + g.digits(n-1-len(prefix)))
}

func closeLuhn(s string) string {
	sum, double := 0, true
	for i := len(s) - 1; i >= 0; i-- {
		d := int(s[i] - '0')
		if double {
			d = d*2/10 + d*2%10
		}
		sum, double = sum+d, !double
	}
	return s + fmt.Sprint((10-sum%10)%10)
}

const usccSet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

func (g *source) uscc(kind string) string {
	s := kind + g.region() + g.from(usccSet, 9)
	sum, w := 0, 1
	for i := range 17 {
		sum, w = sum+strings.IndexByte(usccSet, s[i])*w, w*3%31
	}
	return s + string(usccSet[(31-sum%31)%31])
}

// vin works the check digit out from the order of keys on a card puncher.
func (g *source) vin() string {
	const set = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
	s := g.one("LSV LFV LBV LGB LVS WBA") + g.from(set, 5) + "0" + g.from("ABCDEFGHJKLMNPRSTVWXY123456789", 1) + g.from(set, 1) + g.digits(6)
	value := map[rune]int{}
	for i, row := range []string{"A-J", "B-K-S", "C-L-T", "D-M-U", "E-N-V", "F-W", "G-P-X", "H-Y", "R-Z"} {
		for _, c := range strings.ReplaceAll(row, "-", "") {
			value[c] = i + 1
		}
	}
	sum := 0
	for i, c := range s {
		v, letter := value[c]
		if !letter {
			v = int(c - '0')
		}
		sum += v * []int{8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2}[i]
	}
	return s[:8] + string("0123456789X"[sum%11]) + s[9:]
}

func (g *source) imei() string   { return closeLuhn(g.one("35 86") + g.digits(12)) }
func (g *source) mobile() string { return "1" + g.one("3 5 6 7 8 9") + g.digits(9) }
func (g *source) fixed() string {
	return g.one("010-6 021-5 0571-8 0755-2 0411-3") + g.digits(7)
}

func (g *source) email() string {
	return g.from("abcdefghijklmnopqrstuvwxyz", 4+g.IntN(5)) + g.digits(2) + "@" + g.one("qq.com 163.com example.com mail.example.cn")
}

// names from a list of their own, so that recall is not a matter of course
// and one in ten with rare characters
func (g *source) name() string {
	if g.IntN(10) == 0 {
		return g.one("王翀 李彧 张骞 刘勰 陈蕃 仉晓 逄博 乜辉 黄仲则 曾巩 苏轼 柳宗元 范仲淹 司马迁 辛弃疾 梅尧臣 晏殊 妫娥 郄楠 缑晓琴")
	}
	return g.one("王 李 张 刘 陈 杨 黄 赵 周 吴 徐 孙 朱 马 胡 郭 林 何 高 罗 郑 梁 谢 宋 唐 欧阳 诸葛") +
		g.one("伟 敏 静 丽 强 磊 洋 艳 勇 军 杰 娟 涛 明 超 秀英 秀兰 建国 建军 志强 海燕 晓明 子涵 梓轩 浩然 雨桐 欣怡 一诺 思源 宇航 佳怡 俊杰 嘉豪 文博 雪梅 玉兰 桂英 国庆 丹丹 婷婷 鑫 帆 旭 倩 颖 博文 天宇 诗琪 若曦 晨曦 可欣 语嫣")
}

func (g *source) address() string {
	return g.one("浙江省杭州市西湖区 北京市朝阳区 广东省深圳市南山区 四川省成都市武侯区 江苏省南京市鼓楼区") + g.one("文三路 建国路 科技园路 人民南路 中山北路") +
		fmt.Sprintf("%d号%d栋%d室", 1+g.IntN(900), 1+g.IntN(30), 101+g.IntN(2000))
}

func (g *source) plate() string {
	head := g.from("京沪粤浙苏鲁川豫", 1) + g.from("ABCDEFGH", 1)
	if g.IntN(4) == 0 {
		return head + "D" + g.digits(5)
	}
	return head + g.from("ABCDEFGHJKLMNPQRSTUVWXYZ", 1) + g.digits(4)
}

func (g *source) remark(inside string) string {
	return fmt.Sprintf("客户于%d月%d日来电咨询，%s，请在%d个工作日内%s，%s%d", 1+g.IntN(12), 1+g.IntN(28), inside, 1+g.IntN(9), g.one("回访 处理 退款 补发 跟进"), g.one("批次 货架 工单 柜台"), g.IntN(99999))
}
