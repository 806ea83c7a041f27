package fabric

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/hyperledger/fabric-sdk-go/pkg/util/pathvar"
	"gopkg.in/yaml.v3"
)

// Finding is what a check found. Cause says what is wrong, and Remedy what to
// do about it. Of a check that passed, Cause may hold something to know.
type Finding struct {
	Check  string `json:"check"`
	OK     bool   `json:"ok"`
	Cause  string `json:"cause,omitempty"`
	Remedy string `json:"remedy,omitempty"`
}

// CheckProfile checks a connection profile without the network: that user can
// act on channel with it, and that its certificates are there and valid.
func CheckProfile(path, user, channel string) []Finding {
	return checkProfile(path, user, channel, time.Now())
}

// failed joins the findings that are not OK; nil when there are none.
func failed(findings []Finding) error {
	var errs []error
	for _, f := range findings {
		if !f.OK {
			errs = append(errs, fmt.Errorf("%s: %s; %s", f.Check, f.Cause, f.Remedy))
		}
	}
	return errors.Join(errs...)
}

// profile is what we need of a connection profile. The SDK ignores the case
// of names, so they are all lowered before they are decoded.
type profile struct {
	Client struct {
		Organization string `yaml:"organization"`
		TLSCerts     struct {
			Client keyPair `yaml:"client"`
		} `yaml:"tlscerts"`
	} `yaml:"client"`
	Channels map[string]struct {
		Orderers []string       `yaml:"orderers"`
		Peers    map[string]any `yaml:"peers"`
	} `yaml:"channels"`
	Organizations map[string]struct {
		MSPID string             `yaml:"mspid"`
		Peers []string           `yaml:"peers"`
		Users map[string]keyPair `yaml:"users"`
	} `yaml:"organizations"`
	Orderers map[string]node `yaml:"orderers"`
	Peers    map[string]node `yaml:"peers"`
}

// node is an orderer or a peer.
type node struct {
	URL        string  `yaml:"url"`
	TLSCACerts pemFile `yaml:"tlscacerts"`
}

type keyPair struct {
	Cert pemFile `yaml:"cert"`
	Key  pemFile `yaml:"key"`
}

// pemFile is a path, or the text itself.
type pemFile struct {
	Path string `yaml:"path"`
	Pem  string `yaml:"pem"`
}

func (f pemFile) read() ([]byte, error) {
	switch {
	case f.Pem != "":
		return []byte(f.Pem), nil
	case f.Path != "":
		return os.ReadFile(pathvar.Subst(f.Path))
	}
	return nil, errors.New("neither path nor pem is given")
}

func (f pemFile) String() string {
	if f.Pem != "" || f.Path == "" {
		return "the embedded PEM"
	}
	return f.Path
}

func readProfile(path string) (*profile, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var tree any
	if err := yaml.Unmarshal(raw, &tree); err != nil {
		return nil, err
	}
	if raw, err = yaml.Marshal(lowered(tree)); err != nil {
		return nil, err
	}
	p := &profile{}
	return p, yaml.Unmarshal(raw, p)
}

// lowered is a YAML tree with every name in lower case.
func lowered(tree any) any {
	switch t := tree.(type) {
	case map[string]any:
		out := make(map[string]any, len(t))
		for name, v := range t {
			out[strings.ToLower(name)] = lowered(v)
		}
		return out
	case []any:
		for i, v := range t {
			t[i] = lowered(v)
		}
	}
	return tree
}
