package network

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"path/filepath"
	"text/template"
	"time"
)

//go:embed templates
var templates embed.FS

// files are written beside the data of a network, path to content.
type files map[string][]byte

var funcs = template.FuncMap{
	"q":     quote,
	"local": local,
	"text":  func(d Duration) string { return time.Duration(d).String() },
}

// quote writes a string so that YAML reads the same one.
func quote(s string) (string, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(s)
	return string(bytes.TrimSpace(b.Bytes())), err
}

var parsed = template.Must(template.New("").Funcs(funcs).Option("missingkey=error").ParseFS(templates, "templates/*"))

func render(name string, data any) ([]byte, error) {
	var b bytes.Buffer
	if err := parsed.ExecuteTemplate(&b, name, data); err != nil {
		return nil, fmt.Errorf("rendering %s: %w", name, err)
	}
	return b.Bytes(), nil
}

// place is what a template about one member sees.
type place struct {
	L layout
	M Member
	D string // the node's folder
}

// material are the inputs of cryptogen and configtxgen.
func (l layout) material() (files, error) {
	out := files{}
	data, err := l.configtx()
	if err != nil {
		return nil, err
	}
	for name, with := range map[string]any{"crypto-config.yaml": l, "crypto-orderers.yaml": l, "configtx.yaml": data} {
		if out[name], err = render(name, with); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// configtx is what the channels' configuration is rendered from.
type configtx struct {
	L          layout
	Consenters []Member
	Channels   []profiled
}

// profiled is a channel with its policies as configtx.yaml has them.
type profiled struct {
	channel
	Endorsement, Lifecycle map[string]string
}

func (l layout) configtx() (configtx, error) {
	data := configtx{L: l, Consenters: l.consenters()}
	for _, ch := range l.channels() {
		endorsement, err := ch.rule()
		if err != nil {
			return data, err
		}
		lifecycle, err := parsePolicy(ch.Policies.Lifecycle, ch.Members)
		if err != nil {
			return data, err
		}
		data.Channels = append(data.Channels, profiled{ch, map[string]string{"Type": "Signature", "Rule": endorsement}, lifecycle.channelPolicy()})
	}
	return data, nil
}

// nodeFiles are the configuration of every process and the connection
// profiles, by path below the network's folder.
func (l layout) nodeFiles() (files, error) {
	out := files{}
	for _, m := range l.Members {
		role := string(m.Role)
		todo := map[string]string{"nodes/peer." + role + "/core.yaml": "core.yaml", "profile/" + role + ".yaml": "profile.yaml"}
		if m.Orderer != nil {
			todo["nodes/orderer."+role+"/orderer.yaml"] = "orderer.yaml"
		}
		for path, name := range todo {
			text, err := render(name, place{l, m, l.path(filepath.Dir(path))})
			if err != nil {
				return nil, err
			}
			out[path] = text
		}
	}
	return out, nil
}
