package rest_test

import (
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/internal/needs"
	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/certificate"
)

// contested brings the pledge to its enforcement, with all against it that can be.
func (s *stack) contested(asset string, p pledge.Pledge) {
	s.t.Helper()
	r := pledge.Registration{Registry: pledge.RegistryZhongdeng, Number: "02026112300001", RegisteredAt: "2026-03-01", TermEnd: "2029-03-01", Proof: digestOf("proof"), DebtorName: "enterprise (demo)"}
	s.command("notary", pledge.PledgePerfect, pledge.PerfectBody{PledgeID: p.ID, Step: pledge.StepVerify, Registration: r})
	s.command("bank", pledge.PledgeDefault, pledge.DefaultBody{PledgeID: p.ID, Step: pledge.StepNotice, Reason: "NONPAYMENT", Notice: digestOf("notice")})
	s.clock.advance(11 * 24 * time.Hour)
	s.command("bank", pledge.PledgeDefault, pledge.DefaultBody{PledgeID: p.ID, Step: pledge.StepDeclare})
	sale := pledge.EnforceBody{PledgeID: p.ID, Path: pledge.AgreedSale, Title: digestOf("sale")}
	s.command("bank", pledge.PledgeEnforce, sale)
	s.command("enterprise", pledge.PledgeEnforce, sale)
	s.command("enterprise2", pledge.ObjectionFile, pledge.ObjectBody{RecordID: p.ID, Ground: "FORGERY", Evidence: digestOf("evidence")})
	for record, until := range map[string]string{asset: "", p.ID: "2026-03-20"} {
		s.command("court", pledge.OrderFreeze, pledge.FreezeBody{RecordID: record, Court: "杭州互联网法院", FileNo: "(2026)浙0192执1号", OrderDate: "2026-03-01", Effect: "查封", Until: until, Document: digestOf("order")})
	}
}

// A search certificate says of each lien and asset what stands against it, the
// two ranks side by side, and of each match whether it is EXACT or SIMILAR; what
// nobody sees in the name that was typed stands there by its number.
func TestSearchCertificateTellsAll(t *testing.T) {
	s, asset, p := numbered(t)
	s.contested(asset, p)
	found := s.search("bank2", service.SearchRequest{Name: "еnterprise\u202e（demo）"})
	if l := found.Liens[0]; l.State != pledge.Enforcing || !l.Frozen || l.Objection != pledge.ObjectionOpenState || l.Perfection.EffectiveRankTime == "" || !found.Assets[0].Frozen {
		t.Errorf("got %+v on %+v", l, found.Assets)
	}
	c := s.certificate(found.Number)
	for key, want := range map[string][]string{
		"asked": {"<U+0435>nterprise<U+202E>（demo）"}, "compared_as": {"enterprisedemo"}, "found_1": {"近似（SIMILAR）", "名称", "“enterprise (demo)”"},
		"asset_1": {"发现途径：所查名称", "登记时须声明序号", "近似（SIMILAR）", "已冻结"},
		"lien_1":  {"第 1 顺位（序号 1）", "最高 CNY 1,200,000.00", "正在实现", "法定登记已核实", "法定顺位时间 2026-03-01", "该质押已冻结", "有未决异议", "近似（SIMILAR）"},
	} {
		for _, words := range want {
			if got := value(c, key); !strings.Contains(got.ZH, words) {
				t.Errorf("%s: got %q, want %s", key, got.ZH, words)
			}
		}
	}
	s.checkEvidence(found.Number)
	s.clock.advance(10 * 24 * time.Hour) // past the end of the order against the pledge
	if later := s.search("bank2", service.SearchRequest{AssetID: asset}); later.Liens[0].Frozen || !later.Assets[0].Frozen {
		t.Errorf("got %+v on %+v, want only the asset frozen", later.Liens, later.Assets)
	} else {
		s.checkEvidence(later.Number)
	}
}

// Whatever is typed, the certificate can be printed.
func TestSearchCertificateOfAnyNamePrints(t *testing.T) {
	printer, err := certificate.New(certificate.Options{KeyDir: t.TempDir()})
	if err != nil {
		needs.Missing(t, "font", err)
	}
	s := newStack(t, func(c *setup) { c.service.Certificates = printer })
	asset, _ := s.notarize("enterprise", "birds", map[string]string{"a.csv": "1\n"})
	p := s.registered("enterprise", "bank", asset)
	s.command("bank", pledge.PledgePerfect, pledge.PerfectBody{PledgeID: p.ID, Step: pledge.StepFile, Registration: pledge.Registration{Registry: pledge.RegistryOther,
		RegistryName: "ᠮᠣᠩᠭᠣᠯ", Number: "🐉1", RegisteredAt: "2026-03-01", TermEnd: "2029-03-01", Proof: digestOf("proof"), DebtorName: "enterprise (demo)"}})
	for _, name := range []string{"enterprise (demo)", "杭州\u202e\u200b数据\u0007", "🐉 公司", "ᠮᠣᠩᠭᠣᠯ", "𠀀公司", "\ue000", "<b>&amp;", "é́́́", strings.Repeat("名", 300)} {
		found := s.search("bank", service.SearchRequest{Name: name})
		for _, lang := range []string{"zh", "en"} {
			if a := s.get("/v1/certificates/"+found.Number+".pdf?lang="+lang, ""); a.status != 200 {
				t.Errorf("%+q: got %d %s", name, a.status, a.body)
			}
		}
	}
}
