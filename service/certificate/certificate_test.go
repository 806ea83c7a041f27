package certificate

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/datapledge/datapledge/internal/needs"
	"github.com/datapledge/datapledge/service"
)

func needsFont(t testing.TB) {
	t.Helper()
	if _, err := installed(); err != nil {
		needs.Missing(t, "font", err)
	}
}

var now = time.Date(2026, 11, 22, 4, 5, 6, 0, time.UTC)

func newPrinter(t testing.TB, change func(*Options)) *Printer {
	t.Helper()
	o := Options{KeyDir: filepath.Join(t.TempDir(), "keys"), Issuer: "Data Exchange 数据交易所", Now: func() time.Time { return now }}
	if change != nil {
		change(&o)
	}
	p, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	if len(o.FontFiles) == 0 {
		p.fonts.chain, _ = installed()
	}
	return p
}

// installed are the fonts of this machine, read once for all tests.
var installed = sync.OnceValues(func() (*chain, error) { return findFonts(nil) })

func printed(t testing.TB, p *Printer, c service.Certificate, lang string) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := p.Print(context.Background(), &out, c, lang); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func same(s string) service.Text { return service.Text{ZH: s, EN: s} }

const hash = "3f786850e387550fdab836ed7e6dc881de23001b3f786850e387550fdab836ed"

// sample is a certificate of a kind, as the service makes them.
func sample(kind string) service.Certificate {
	c := service.Certificate{Number: "P-4MZQ7X2C5T6VHN8BWK3RDYJGAE", Kind: kind, RecordID: "4mzq7x2c5t6vhn8bwk3rdyjgae", Ledger: "fabric", Channel: "pledge",
		Title:  service.Text{ZH: "数据资产质押登记证书", EN: "Certificate of a pledge of a data asset"},
		Status: service.Text{ZH: "质押登记有效，至 2027-11-22；尚未办理质权法定登记", EN: "Pledge registered and in force until 2027-11-22; statutory registration not filed"},
		URL:    "https://evidence.example.org/verify?number=P-4MZQ7X2C5T6VHN8BWK3RDYJGAE"}
	c.AsOf = service.SearchedAt{Head: service.Head{Height: 1234, Hash: hash}, At: "2026-11-22T03:57:59Z"}
	c.Fields = []service.CertificateField{
		{Key: "asset", Label: service.Text{ZH: "数据资产", EN: "Data asset"}, Value: same("bird-strikes 鸟击报告数据集 1990–2015")},
		{Key: "fingerprint", Label: service.Text{ZH: "数据指纹", EN: "Fingerprint of the data"}, Value: same("sha256:" + hash)},
		{Key: "owner", Label: service.Text{ZH: "出质人", EN: "Pledgor"}, Value: same("杭州示例数据科技有限公司（91330108MA2DEMXA01）")},
		{Key: "bank", Label: service.Text{ZH: "质权人", EN: "Pledgee"}, Value: same("Bank 银行 (demo) 91330100MADEUP064T")},
		{Key: "amount", Label: service.Text{ZH: "担保债权额", EN: "Secured claim"}, Value: service.Text{ZH: "人民币 5,000,000.00 元", EN: "CNY 5,000,000.00"}},
		{Key: "perfection", Label: service.Text{ZH: "质权设立", EN: "Perfection"}, Value: service.Text{
			ZH: "账本登记不等于质权设立。依《民法典》第四百四十四条，以知识产权中的财产权出质的，质权自办理出质登记时设立。本记录中没有法定登记的编号，因此本证书不说质权已经设立。",
			EN: "An entry on this ledger does not create the pledge. Under article 444 of the Civil Code a pledge of property rights in intellectual property is created by registration with the competent authority. No such registration is on record, so this certificate does not say that the pledge is created or perfected."}},
	}
	c.Anchors = []service.CertificateAnchor{
		{CommandID: "01JD9Z6X8Q0000000000000001", Act: "pledge.propose", By: "杭州示例数据科技有限公司 91330108MA2DEMXA01", Block: 17, BlockHash: hash, BlockTime: "2026-11-20T08:00:01Z",
			TimeStamp: &service.TimeStamp{Time: "2026-11-20T08:00:06Z", Authority: "国家授时中心联合信任时间戳服务中心 TSA", First: 12, Last: 19},
			Imprints:  []service.ImprintReceipt{{Sink: "court", Party: "11330100MADEUP048D", Name: "Court 法院 (demo)", Time: "2026-11-20T08:00:09Z"}}},
		{CommandID: "01JD9Z6X8Q0000000000000002", Act: "pledge.register", By: "Bank 银行 (demo) 91330100MADEUP064T", Block: 23, BlockHash: hash, BlockTime: "2026-11-21T09:10:11Z"},
	}
	c.Members = []service.CertificateMember{{Party: "12330100MADEUP013P", Name: "IP Centre 知识产权服务中心 (demo)"}, {Party: "91330100MADEUP03X5", Name: "Data Exchange 数据交易所 (demo)"}}
	c.Proves = []service.Text{
		{ZH: "在上述区块形成之时，具有所列指纹的数据已经存在，并由所列主体以其登记的密钥签名提交。", EN: "That data with the fingerprint above existed when the block was made, and was submitted under the registered key of the party named."},
		{ZH: "自那时起，账本上的这一记录未被改动；改动会使区块哈希不再相符。", EN: "That this record has not been changed since: a change would break the hashes of the blocks that follow."}}
	c.NotProved = []service.Text{
		{ZH: "不证明数据的内容真实、完整或者合法取得；账本只见到指纹，见不到数据。", EN: "It does not prove that the data are true, complete or lawfully obtained: the ledger saw a fingerprint, not the data."},
		{ZH: "不证明出质人对数据享有所有权或者其他财产权益。", EN: "It does not prove that the pledgor owns the data or holds any other right in them."}}
	c.Check = []service.Text{
		{ZH: "向质权人或出质人索取证据包（.zip），在任意一台电脑上运行 datapledge evidence check FILE.zip -trust TRUST.json，无需联网，也无需信任本服务。", EN: "Ask a party for the evidence package (.zip) and run: datapledge evidence check FILE.zip -trust TRUST.json, on any computer, offline, without trusting this service."},
		{ZH: "用 sha256sum 计算数据文件的摘要，与上列指纹比较。", EN: "Compute the digest of the data with sha256sum and compare it with the fingerprint above."}}
	switch kind {
	case service.CertificateNotarization:
		c.Number, c.Title, c.Anchors = "N-4MZQ7X2C5T6VHN8BWK3RDYJGAE", service.Text{ZH: "数据资产存证证书", EN: "Certificate of notarization of a data asset"}, c.Anchors[:1]
		c.Fields, c.Ledger = c.Fields[:3], "solo"
	case service.CertificateRelease:
		c.Number, c.Title = "R-4MZQ7X2C5T6VHN8BWK3RDYJGAE", service.Text{ZH: "质押解除证书", EN: "Certificate of release of a pledge"}
	case service.CertificateSearch:
		c.Number, c.Title, c.Anchors = "S-20261122-000017", service.Text{ZH: "质押查询证书", EN: "Certificate of a search for pledges"}, nil
	}
	return c
}

// long is a certificate of several pages.
func long() service.Certificate {
	c := sample(service.CertificatePledge)
	for i := range 14 {
		a := c.Anchors[i%2]
		a.Block += uint64(i)
		c.Anchors = append(c.Anchors, a)
	}
	c.Fields[2].Value = same(strings.Repeat("内蒙古自治区呼和浩特市和林格尔新区数据资产运营管理", 6) + "有限责任公司")
	c.Fields[0].Value = same(strings.Repeat("Very-Long-Dataset-Name_", 12))
	return c
}

var kinds = []string{service.CertificateNotarization, service.CertificatePledge, service.CertificateRelease, service.CertificateSearch}
