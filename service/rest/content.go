package rest

import (
	"encoding/base64"
	"encoding/hex"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/datapledge/datapledge/service"
)

// rangeProblem keeps back the plain text that the standard library answers
// to a range that cannot be served, so that a problem document can follow.
type rangeProblem struct {
	http.ResponseWriter
	refused bool
}

func (w *rangeProblem) WriteHeader(status int) {
	w.refused = status == http.StatusRequestedRangeNotSatisfiable
	w.ResponseWriter.WriteHeader(status) // gin keeps it until the first byte
}

func (w *rangeProblem) Write(p []byte) (int, error) {
	if w.refused {
		return len(p), nil
	}
	return w.ResponseWriter.Write(p)
}

// reprDigest is the SHA-256 of the whole file as RFC 9530 writes it.
func reprDigest(sum string) string {
	raw, err := hex.DecodeString(sum)
	if err != nil {
		return ""
	}
	return "sha-256=:" + base64.StdEncoding.EncodeToString(raw) + ":"
}

func (h *Handler) evidence(c *gin.Context) error {
	id := c.Param("record_id")
	return h.svc.Evidence(c.Request.Context(), caller(c), &zipAnswer{c: c, name: id}, id)
}

// zipAnswer sets the head only when there is something to send, so that
// what fails before is still answered as a problem.
type zipAnswer struct {
	c    *gin.Context
	name string
}

func (z *zipAnswer) Write(p []byte) (int, error) {
	z.c.Header("Content-Type", "application/zip")
	z.c.Header("Content-Disposition", `attachment; filename="evidence-`+z.name+`.zip"`)
	return z.c.Writer.Write(p)
}

func (h *Handler) healthz(c *gin.Context) error {
	c.JSON(http.StatusOK, gin.H{"status": "ok"})
	return nil
}

// readyz says what the service depends on and how that is. A service that is
// stopping is not ready, so that a balancer looks elsewhere.
func (h *Handler) readyz(c *gin.Context) error {
	checks := h.svc.Ready(c.Request.Context())
	checks = append(checks, service.Check{Name: "serving", OK: h.streams.Err() == nil, Detail: serving(h.streams.Err())})
	ready := true
	for _, check := range checks {
		ready = ready && check.OK
	}
	status := http.StatusOK
	if !ready {
		status = http.StatusServiceUnavailable
	}
	c.JSON(status, gin.H{"ready": ready, "checks": checks})
	return nil
}

func serving(err error) string {
	if err != nil {
		return "stopping"
	}
	return "accepting requests"
}
