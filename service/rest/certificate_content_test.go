package rest_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/service"
)

// A certificate of a search says what was compared, and names what is alike.
func TestCertificateOfASearchByContent(t *testing.T) {
	s, x, first, p := copied(t, 300, 600)
	lien := s.search("bank2", service.SearchRequest{AssetID: first}).Liens[0].PledgeID
	c := s.certificate(s.search("bank2", service.SearchRequest{AssetID: p.AssetID}).Number)
	says(t, c, "查得 1 项", "pledges found registered and in force: 1")
	if got := value(c, "content"); got.EN != "yes, like assets: 1" || !strings.Contains(got.ZH, "相似的数据资产 1 项") {
		t.Errorf("got %+v", got)
	}
	if got := value(c, "match_1"); !strings.Contains(got.EN, numberOf("N-", first)+" (of enterprise (demo) "+usccs["enterprise"]) || !strings.Contains(got.ZH, "50.00 %") {
		t.Errorf("got %+v", got)
	}
	if got := value(c, "lien_1"); !strings.Contains(got.EN, numberOf("P-", lien)) || !strings.Contains(got.ZH, "经内容比对发现") {
		t.Errorf("got %+v", got)
	}
	if !limits(c, "没有比对摘要") || limits(c, "重新排序") {
		t.Errorf("got %+v", c.NotProved)
	}
	x.breaks(service.ErrUnavailable)
	c = s.certificate(s.search("bank2", service.SearchRequest{AssetID: p.AssetID}).Number)
	says(t, c, "查询不完整", "INCOMPLETE: the content was not compared")
	if got := value(c, "content"); !strings.HasPrefix(got.EN, "no: the index") || !strings.HasPrefix(got.ZH, "未比对：内容索引") || !limits(c, "重新排序") || value(c, "match_1") != (service.Text{}) {
		t.Errorf("got %+v, %+v", got, c.NotProved)
	}
}

func limits(c service.Certificate, zh string) bool {
	for _, text := range c.NotProved {
		if strings.Contains(text.ZH, zh) {
			return true
		}
	}
	return false
}

// The certificate of a search from before content was compared still is one.
func TestCertificateOfAnOlderSearch(t *testing.T) {
	s := newStack(t)
	old := map[string]any{"number": "S-20260302-CCCCCCCCCCCCCCCC", "query": map[string]any{"asset_id": "as_x"}, "as_of": map[string]any{"height": 1, "hash": strings.Repeat("0", 64), "at": "2026-03-02T08:00:00Z"},
		"liens": []any{}, "none": true, "complete": true, "assets": []any{}, "at": "2026-03-02T08:00:00Z", "proves": "…"}
	jws := must(s.keys["exchange"].SignJWS(service.ReportType, must(json.Marshal(old))(t)))(t)
	if _, err := s.vault.Keep(t.Context(), "searches", "s-20260302-cccccccccccccccc", []byte(jws)); err != nil {
		t.Fatal(err)
	}
	if stored := must(s.svc.StoredSearch(t.Context(), "S-20260302-CCCCCCCCCCCCCCCC"))(t); stored.Content != nil || !stored.None {
		t.Errorf("got %+v", stored)
	}
	c := s.certificate("S-20260302-CCCCCCCCCCCCCCCC")
	if got := value(c, "content"); got.EN != "no, content was not compared" || !limits(c, "重新排序") {
		t.Errorf("got %+v", got)
	}
}
