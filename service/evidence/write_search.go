//go:build !js

package evidence

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// maxSearched bounds the assets and pledges of a search whose whole histories
// one package proves.
const maxSearched = 500

// searchedRecords is what of a search's report the writer has to understand.
type searchedRecords struct {
	Assets []struct {
		ID string `json:"asset_id"`
	} `json:"assets"`
	Liens []struct {
		ID string `json:"pledge_id"`
	} `json:"liens"`
}

// gatherSearch follows every asset and pledge that a search named.
func (c *collector) gatherSearch() error {
	if c.Search == nil {
		return fmt.Errorf("%s: %w", c.id, service.ErrNotFound)
	}
	jws, err := c.Search(c.ctx, c.id)
	if err != nil {
		return fmt.Errorf("looking for the search %s: %w", c.id, err)
	}
	payload, named, err := readReport(jws)
	if err != nil {
		return fmt.Errorf("reading the search %s: %w", c.id, err)
	}
	if n := len(named.Assets) + len(named.Liens); n > maxSearched {
		return pledge.Errorf(pledge.TooLarge, "the search %s named %d assets and pledges; a package proves at most %d: search asset by asset", c.id, n, maxSearched)
	}
	c.files[nameReport], c.files[nameRecord] = []byte(jws), payload
	for _, a := range named.Assets {
		if err := c.gatherSubject(pledge.KeyAsset(a.ID)); err != nil {
			return err
		}
	}
	for _, l := range named.Liens {
		if err := c.gatherSubject(pledge.KeyPledge(l.ID)); err != nil {
			return err
		}
	}
	return nil
}

func readReport(jws string) (payload []byte, named searchedRecords, err error) {
	parts := strings.Split(jws, ".")
	if len(parts) != 3 {
		return nil, named, errors.New("the report is no compact JWS")
	}
	if payload, err = base64.RawURLEncoding.DecodeString(parts[1]); err != nil {
		return nil, named, err
	}
	return payload, named, json.Unmarshal(payload, &named)
}
