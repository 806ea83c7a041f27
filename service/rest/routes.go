package rest

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

// handler answers a request or says why not; problem.go turns that into words.
type handler func(c *gin.Context) error

// route is one line of the contract. A public one needs no token.
type route struct {
	method, path string
	public       bool
	serve        handler
}

const (
	pathUpload     = "/v1/uploads/:upload_id"
	pathWebhook    = "/v1/webhooks/:webhook_id"
	pathUploadFile = "/v1/uploads/:upload_id/files/*path"
	pathContent    = "/v1/assets/:asset_id/files/*path"
	pathClosing    = "/v1/closings/:closing"
)

// routes is the whole surface; a test compares it with openapi.yaml.
func (h *Handler) routes() []route {
	return []route{
		{http.MethodPost, "/v1/commands", true, h.submit},
		{http.MethodGet, "/v1/commands/:command_id", false, h.outcome},

		{http.MethodPost, "/v1/uploads", false, h.beginUpload},
		{http.MethodGet, pathUpload, false, h.uploadStatus},
		{http.MethodDelete, pathUpload, false, h.abortUpload},
		{http.MethodPut, pathUploadFile, false, h.putFile},
		{http.MethodHead, pathUploadFile, false, h.headFile},
		{http.MethodDelete, pathUploadFile, false, h.removeFile},
		{http.MethodPost, pathUpload + "/seal", false, h.sealUpload},

		{http.MethodGet, "/v1/network", true, h.network},
		{http.MethodGet, "/v1/parties/:uscc", false, h.party},
		{http.MethodGet, "/v1/assets", false, h.assets},
		{http.MethodGet, "/v1/assets/:asset_id", false, h.asset},
		{http.MethodGet, "/v1/assets/:asset_id/history", false, h.assetHistory},
		{http.MethodGet, "/v1/assets/:asset_id/reports/:report", false, h.assetReport},
		{http.MethodGet, pathContent, false, h.content},
		{http.MethodHead, pathContent, false, h.content},
		{http.MethodGet, "/v1/fingerprints/:fingerprint", false, h.fingerprint},
		{http.MethodGet, "/v1/pledges", false, h.pledges},
		{http.MethodGet, "/v1/pledges/:pledge_id", false, h.pledge},
		{http.MethodGet, "/v1/pledges/:pledge_id/history", false, h.pledgeHistory},
		{http.MethodPost, "/v1/pledges/:pledge_id/custody-check", false, h.custodyCheck},
		{http.MethodGet, "/v1/pledges/:pledge_id/scan", false, h.scan},
		{http.MethodPost, "/v1/pledges/:pledge_id/key-release", false, h.releaseKey},
		{http.MethodGet, "/v1/pledges/:pledge_id/key", false, h.releasedKey},
		{http.MethodGet, "/v1/reminders", false, h.reminders},

		{http.MethodPost, "/v1/closings", false, h.openClosing},
		{http.MethodGet, pathClosing, false, h.closing},
		{http.MethodPost, pathClosing + "/commands", true, h.signClosing},
		{http.MethodPost, pathClosing + "/execute", false, h.executeClosing},

		{http.MethodPost, "/v1/verifications", false, h.verify},
		{http.MethodPost, "/v1/searches", false, h.search},
		{http.MethodGet, "/v1/evidence/:record_id", false, h.evidence},
		{http.MethodGet, "/v1/certificates/:number", true, h.certificate},
		{http.MethodGet, "/v1/events", false, h.events},
		{http.MethodGet, "/v1/notices", false, h.notices},
		{http.MethodGet, "/v1/notices/:notice_id/statement", false, h.statement},
		{http.MethodPost, "/v1/webhooks", false, h.addWebhook},
		{http.MethodGet, "/v1/webhooks", false, h.listWebhooks},
		{http.MethodDelete, pathWebhook, false, h.removeWebhook},
		{http.MethodGet, pathWebhook + "/dead", false, h.deadLetters},
		{http.MethodPost, pathWebhook + "/replay", false, h.replayWebhook},
		{http.MethodGet, "/v1/imprint", false, h.imprint},

		{http.MethodGet, "/verify", true, h.verifyPublic},
		{http.MethodGet, "/verify/trust.json", true, h.trustFile},
		{http.MethodGet, "/verify/assets/:name", true, h.verifyAsset},

		{http.MethodGet, "/healthz", true, h.healthz},
		{http.MethodGet, "/readyz", true, h.readyz},
		{http.MethodGet, "/metrics", true, h.metrics},
		{http.MethodGet, "/openapi.yaml", true, h.openapi},
		{http.MethodGet, "/docs", true, h.docs},
		{http.MethodGet, "/", true, h.home},
	}
}
