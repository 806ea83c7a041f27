package rest_test

import (
	"testing"

	"github.com/datapledge/datapledge/service"
)

// A preflight passes what it cannot look into. Whoever relies on it is told,
// first of all: an archive may hold what a table may not.
func TestWhatNobodyLookedIntoIsSaid(t *testing.T) {
	s := newStack(t, examining)
	hidden, _ := s.notarizedClean(map[string]string{"a.csv": "x,y\n1,2\n", "people.gz": "\x1f\x8b\x08packed", "people.txt": "13800138000 some person"}, service.Given{})
	plain, _ := s.notarizedClean(map[string]string{"b.csv": "x,y\n3,4\n"}, service.Given{})
	for asset, want := range map[string]int{hidden: 2, plain: 0} {
		v := as_[service.Verification](s.post("/v1/verifications", "bank", service.VerifyRequest{AssetID: asset}))
		if d := v.Declaration; d == nil || !d.Examined || d.Unread != want {
			t.Errorf("got %+v, want %d that nobody looked into", d, want)
		}
		if want > 0 {
			says(t, s.certificate(numberOf("N-", asset)), "预检未检查 2 个文件的内容（共 3 个）", "NOT LOOKED INTO by the preflight, being no tables that it reads: 2 of 3 files")
		}
	}
	p := s.registered("enterprise", "bank", hidden)
	says(t, s.certificate(numberOf("P-", p.ID)), "预检未检查 2 个文件的内容", "NOT LOOKED INTO")
}
