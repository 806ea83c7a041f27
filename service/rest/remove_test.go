package rest_test

import (
	"net/http"
	"testing"

	"github.com/datapledge/datapledge/service"
)

// A file sent by mistake need not spoil the upload.
func TestRemoveFileOfAnUpload(t *testing.T) {
	s := newStack(t)
	upload := s.begin("enterprise")
	s.put(upload, "enterprise", "a", "kept")
	s.put(upload, "enterprise", "b", "a mistake")
	s.do(http.MethodDelete, upload+"/files/b", "enterprise2", nil).want(403, "wrong_role")
	for range 2 {
		s.do(http.MethodDelete, upload+"/files/b", "enterprise", nil).want(204, "")
	}
	d := as_[service.Sealed](s.do(http.MethodPost, upload+"/seal", "enterprise", nil))
	if len(d.Files) != 1 || d.Files[0].Path != "a" {
		t.Errorf("got %+v, want a alone", d.Files)
	}
	s.do(http.MethodDelete, upload+"/files/a", "enterprise", nil).want(409, "wrong_state")
}
