package client

import (
	"context"
	"net/http"

	"github.com/datapledge/datapledge/service"
)

// ImprintState is how the imprint goes, institution by institution.
type ImprintState struct {
	Sinks []service.ImprintStatus `json:"sinks"`
}

// Imprint asks how far institutions have received the records.
func (c *Client) Imprint(ctx context.Context) (Doc[ImprintState], error) {
	var out Doc[ImprintState]
	return out, c.call(ctx, request{method: http.MethodGet, path: "/v1/imprint", again: true}, nil, &out)
}
