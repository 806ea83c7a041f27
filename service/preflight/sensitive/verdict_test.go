package sensitive

import (
	"slices"
	"strings"
	"testing"
)

// What only looks like identifiers is never called sensitive, and seldom for
// review: where random numbers pass a check digit one to three times.
func TestNearMisses(t *testing.T) {
	g, reviews := newSource(12), 0
	for _, k := range nearMisses {
		for _, name := range []string{k.zh, k.en, "c1"} {
			r := cells(name, full(g, k, name).values...)
			h := r.of(r.Because)
			if r.Verdict == Review && h.Count < 4 && h.Near < 40 && strings.Contains("serial18 code17 txn16", k.en) {
				reviews++
				continue
			}
			wantVerdict(t, r, Clean, "")
		}
	}
	if reviews > 3 {
		t.Errorf("%d columns for review by chance", reviews)
	}
}

// What follows from each kind of column by itself.
func TestKinds(t *testing.T) {
	g := newSource(12)
	for _, k := range dirty {
		verdict, rule := Sensitive, k.rule
		switch k.rule {
		case "driver-licence":
			rule = "identity-number"
		case "uscc-sole-trader":
			verdict = Review
		}
		wantVerdict(t, cells(k.zh, full(g, k, k.zh).values...), verdict, rule)
		wantVerdict(t, cells(k.en, full(g, k, k.en).values...), verdict, rule)
	}
}

func TestMasked(t *testing.T) {
	g := newSource(6)
	for _, k := range maskedKinds {
		wantVerdict(t, cells(k.zh, full(g, k, k.zh).values...), Masked, k.rule)
		wantVerdict(t, cells(k.en, full(g, k, k.en).values...), Masked, k.rule)
	}
}

// One value left in clear among masked ones is a finding.
func TestOneLeftInClear(t *testing.T) {
	g := newSource(7)
	values := full(g, maskedKinds[2], "").values
	values[500] = g.mobile()
	r := cells("手机号", values...)
	wantVerdict(t, r, Sensitive, "mobile-phone")
	if h := r.of("mobile-phone"); h.Count != 1 || h.Masked != 999 || h.RateBP != 10 || !slices.Equal(h.Rows, []int64{501}) {
		t.Errorf("got %+v", h)
	}
}

// Attributes are for a human, until a column beside them says whose they are.
func TestAttributesBesideAPerson(t *testing.T) {
	g := newSource(8)
	ids := full(g, kindOfRule("identity-number"), "").values
	for _, k := range attributes {
		values := full(g, k, "").values
		wantVerdict(t, cells(k.zh, values...), Review, k.rule)
		wantVerdict(t, cells(k.en, values...), Review, k.rule)
		if k.rule == "specific-identity" {
			continue
		}
		wantVerdict(t, scan([]string{k.en, "身份证号"}, values, ids)[0], Sensitive, k.rule)
	}
}

func kindOfRule(rule string) kind {
	return dirty[slices.IndexFunc(dirty, func(k kind) bool { return k.rule == rule })]
}

func TestPositions(t *testing.T) {
	g := newSource(9)
	var lat, lon, coarse []string
	for range 100 {
		lat = append(lat, "39."+g.digits(6))
		lon = append(lon, "116."+g.digits(6))
		coarse = append(coarse, "39.9")
	}
	wantVerdict(t, cells("纬度", lat...), Clean, "")
	both := scan([]string{"lat", "lng"}, lat, lon)
	wantVerdict(t, both[0], Review, "latitude")
	wantVerdict(t, both[1], Review, "longitude")
	wantVerdict(t, scan([]string{"lat", "lng"}, coarse, lon)[1], Clean, "")
	wantVerdict(t, scan([]string{"lat", "lng", "sjh"}, lat, lon, full(g, kindOfRule("mobile-phone"), "").values[:100])[0], Sensitive, "latitude")
}

func TestFreeText(t *testing.T) {
	g := newSource(10)
	var plain, same, phones []string
	for range 200 {
		plain = append(plain, g.remark(g.one("无异议 已同意")))
		same = append(same, "本产品由杭州某某科技有限公司出品，保修期十二个月，请妥善保管发票以备查验。")
		phones = append(phones, g.remark("电话"+g.mobile()))
	}
	wantVerdict(t, cells("备注", plain...), Review, "free-text")
	wantVerdict(t, cells("备注", same...), Clean, "")
	wantVerdict(t, cells("备注", phones...), Sensitive, "mobile-phone")
}

// Values in no known form under a telling name are not passed over.
func TestUnknownForms(t *testing.T) {
	r := cells("身份证号", strings.Fields(strings.Repeat("dG9rZW4x ", 50))...)
	wantVerdict(t, r, Review, "identity-number")
	if r.Unknown != 50 {
		t.Errorf("got %d unknown", r.Unknown)
	}
	wantVerdict(t, cells("身份证号", "", "无", "-", "NULL"), Clean, "")
	wantVerdict(t, cells("身份证号", "1985-03-12", "1990-12-01"), Review, "identity-number")
	wantVerdict(t, cells("手机型号", "P50", "Mate60"), Clean, "")
}

// One genuine value in 10,000 is found whatever surrounds it, and sensitive
// where nothing around it could give it by chance.
func TestOneInTenThousand(t *testing.T) {
	g := newSource(11)
	for _, k := range []kind{kindOfRule("identity-number"), kindOfRule("residence-card"), kindOfRule("bank-card"), kindOfRule("vin")} {
		r := cells("c1", mixed(g, k, shortText, rareRows, rareRows).values...)
		wantVerdict(t, r, Sensitive, k.rule)
		if h := r.of(k.rule); h.Count != 1 || h.RateBP != 1 {
			t.Errorf("%s: got %+v", k.rule, h)
		}
	}
	for _, k := range []kind{kindOfRule("identity-number"), kindOfRule("bank-card")} {
		wantVerdict(t, cells("c1", mixed(g, k, orderNumber, rareRows, rareRows).values...), Review, k.rule)
	}
}

// A column's name that is data is not repeated.
func TestNamesThatAreData(t *testing.T) {
	for name, want := range map[string]string{
		"身份证号": "身份证号", "amount": "amount", "2024-01-02": "2024-01-02", "202401": "202401", "金额": "金额", "高度": "高度", "#3": "#3",
		"11010519491231002X": "#1", "13800138000": "#1", "毛利": "毛利", "成本": "成本", "万元": "万元", // surnames, all three
		"a.b@example.com": "#1", "京A12345": "#1",
		"110105194912310021": "#1", "浙江省杭州市西湖区文三路478号": "#1", "联系人王芳电话13800138000": "#1",
	} {
		if got := cells(name, "x").Column; got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

// A number in fullwidth digits is found wherever the pieces of a long text end.
func TestFullwidthInLongText(t *testing.T) {
	for cut := range 40 {
		text := strings.Repeat("x", widePiece-20-cut) + " １３８００１３８０００ " + strings.Repeat("y", 5000)
		if h := cells("c1", text).of("mobile-phone"); h.Count != 1 {
			t.Fatalf("%d bytes before the end of a piece: got %+v", cut, h)
		}
	}
}

// The column of a name's rule that is masked for the most part is not clean.
func TestMostlyMasked(t *testing.T) {
	g := newSource(14)
	var values []string
	for i := range 100 {
		values = append(values, "张*")
		if i%10 == 0 {
			values[i] = g.name()
		}
	}
	wantVerdict(t, cells("姓名", values...), Review, "person-name")
	wantVerdict(t, cells("c1", values...), Masked, "person-name")
}

func TestLatinNames(t *testing.T) {
	wantVerdict(t, cells("last_name", "Aguilar", "Smith", "O'Neill", "de la Cruz"), Sensitive, "person-name")
	wantVerdict(t, cells("airport name", "Aguilar", "Smith", "O'Neill", "de la Cruz"), Clean, "")
}

// A column that is only called "name" is sensitive when its values are names.
func TestHintedNames(t *testing.T) {
	g := newSource(15)
	wantVerdict(t, cells("name", full(g, kindOfRule("person-name"), "").values...), Sensitive, "person-name")
	wantVerdict(t, cells("name", full(g, companies, "").values...), Clean, "")
	wantVerdict(t, cells("c1", full(g, kindOfRule("person-name"), "").values...), Review, "person-name")
}

// Two numbers of 16 digits beside it make one card's number a matter of chance.
func TestCardAmongNumbersOfItsLength(t *testing.T) {
	wantVerdict(t, cells("c1", "4111111111111111", "a", "b"), Sensitive, "bank-card")
	wantVerdict(t, cells("c1", "4111111111111111", "1111111111111111", "1111111111111112"), Review, "bank-card")
}

// Amounts from ten digits up are no phones; phones among remarks that quote
// numbers of other lengths are.
func TestAmountsLikePhones(t *testing.T) {
	g := newSource(16)
	var amounts, remarks []string
	for i := range 1000 {
		amounts = append(amounts, g.one("2 4 7")+g.digits(9))
		remarks = append(remarks, "单号"+g.one("2 4 7")+g.digits(11))
		if i%10 == 0 {
			amounts[i], remarks[i] = "13"+g.digits(9), "电话"+g.mobile()
		}
	}
	wantVerdict(t, cells("c1", amounts...), Clean, "")
	wantVerdict(t, cells("c1", remarks...), Sensitive, "mobile-phone")
}

func TestFirstRowsAreTold(t *testing.T) {
	g := newSource(17)
	h := cells("sjh", full(g, kindOfRule("mobile-phone"), "").values[:7]...).of("mobile-phone")
	if h.Count != 7 || !slices.Equal(h.Rows, []int64{1, 2, 3, 4, 5}) {
		t.Errorf("got %+v", h)
	}
}
