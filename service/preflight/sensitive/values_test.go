package sensitive

import "testing"

// One value a line: what a single cell is to the rules, without a telling name.
func TestSingleCells(t *testing.T) {
	tests := []struct{ value, hit, masked string }{
		{"11010519491231002X", "identity-number", ""},
		{"110105 19491231 002X", "identity-number", ""},
		{"客户身份证11010519491231002X，已核验", "identity-number", ""},
		{"id:11010519491231002X.", "identity-number", ""},
		{"911010519491231002X", "", ""},
		{"11010519491231002X7", "", ""},
		{"110105********002X", "", "identity-number"},
		{"13800138000", "mobile-phone", ""},
		{"+86 138 0013 8000", "mobile-phone", ""},
		{"+8613800138000", "mobile-phone", ""},
		{"008613800138000", "mobile-phone", ""},
		{"8613800138000", "mobile-phone", ""},
		{"138-0013-8000", "mobile-phone", ""},
		{"请致电13800138000联系", "mobile-phone", ""},
		{"请致电１３８００１３８０００联系", "mobile-phone", ""},
		{"call 138 0013 8000 now", "mobile-phone", ""},
		{"113800138000", "", ""},
		{"13800138000.55", "", ""},
		{"0.13800138000", "", ""},
		{"SKU13800138000A", "", ""},
		{"合计0.13800138000元", "", ""},
		{"合计13800138000.55元", "", ""},
		{"货号SKU13800138000到货", "", ""},
		{"1234,13800138000", "mobile-phone", ""},
		{"0571-18888888", "", ""},
		{"12***678901", "", ""},
		{"138****8000 13800138000", "mobile-phone", ""},
		{"138****8000", "", "mobile-phone"},
		{"138XXXX8000", "", "mobile-phone"},
		{"电话 138****8000 王", "", "mobile-phone"},
		{"0571-88888888", "fixed-phone", ""},
		{"(0571)88888888", "fixed-phone", ""},
		{"010-62345678-801", "fixed-phone", ""},
		{"2020-01-02", "", ""},
		{"2020-01-02 03:04:05", "", ""},
		{"zhang.san@example.com", "email", ""},
		{"mail zhang.san@example.com.", "email", ""},
		{"z***@example.com", "", "email"},
		{"a @ b.com", "", ""},
		{"user@host", "", ""},
		{"91350100M000100Y43", "uscc", ""},
		{"福州91350100M000100Y43有限公司", "uscc", ""},
		{"4111 1111 1111 1111", "bank-card", ""},
		{"4111************1111", "", ""},
		{"411111******1111", "", "bank-card"},
		{"京A12345", "plate", ""},
		{"粤B·D12345", "plate", ""},
		{"沪AD12345", "plate", ""},
		{"京A1234警", "plate", ""},
		{"京A***45", "", "plate"},
		{"京东12345", "", ""},
		{"1M8GDM9AXKP042788", "vin", ""},
		{"356938035643809", "imei", ""},
		{"8.8.8.8", "", ""},
		{"114.114.114.114", "ip-address", ""},
		{"114.114.114.114:8080", "ip-address", ""},
		{"192.168.1.1", "", ""},
		{"2408:8000::1", "ip-address", ""},
		{"12:30:45", "", ""},
		{"00:1A:2B:3C:4D:5E", "mac-address", ""},
		{"39.904200,116.407400", "position", ""},
		{"POINT(116.4074 39.9042)", "position", ""},
		{"39.9,116.4", "", ""},
		{"0.12345,0.56789", "", ""},
		{"张伟", "person-name", ""},
		{"欧阳娜娜", "person-name", ""},
		{"张*", "", "person-name"},
		{"张**", "", "person-name"},
		{"张某某", "", "person-name"},
		{"*伟", "", "person-name"},
		{"高度", "", ""},
		{"黄色", "", ""},
		{"浙江省杭州市西湖区文三路478号3栋501室", "address", ""},
		{"浙江省杭州市", "", ""},
		{"军字第12345678号", "officer-card", ""},
		{"E12345678", "passport", ""},
		{"EA1234567", "passport", ""},
		{"H12345678", "hk-macau-permit", ""},
		{"C12345678", "exit-permit", ""},
		{"B12345678", "", ""},
		{"d41d8cd98f00b204e9800998ecf8427e", "", "digest"},
		{"1700000000000", "", ""},
		{"20240115123456789", "", ""},
	}
	for _, tt := range tests {
		var hits, masks string
		for _, h := range cells("c", tt.value).Hits {
			if h.Count > 0 {
				hits += h.Rule
			}
			if h.Masked > 0 {
				masks += h.Rule
			}
		}
		if hits != tt.hit || masks != tt.masked {
			t.Errorf("%s: got hit %q and masked %q, want %q and %q", tt.value, hits, masks, tt.hit, tt.masked)
		}
	}
}
