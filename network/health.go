package network

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/datapledge/datapledge/pledge"
)

// askTime is how long a node may take to say how it is.
const askTime = 3 * time.Second

// fetch gets a small page.
func fetch(ctx context.Context, c *http.Client, url string) (int, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, nil, err
	}
	res, err := c.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, 8<<20))
	return res.StatusCode, body, err
}

// plain speaks to the operations endpoints, which answer on this machine only.
var plain = &http.Client{Timeout: askTime, Transport: &http.Transport{DisableKeepAlives: true}}

// healthz asks a peer or an orderer whether it is well.
func healthz(ctx context.Context, operations int) error {
	status, body, err := fetch(ctx, plain, "http://"+local(operations)+"/healthz")
	if err != nil {
		return err
	}
	if status != http.StatusOK {
		return fmt.Errorf("unwell: %s", body)
	}
	return nil
}

// height is how many blocks of the channel a peer or an orderer has; 0 when
// it has not joined.
func height(ctx context.Context, operations int, channel string) (uint64, error) {
	_, body, err := fetch(ctx, plain, "http://"+local(operations)+"/metrics")
	if err != nil {
		return 0, err
	}
	return metric(body, `ledger_blockchain_height{channel="`+channel+`"} `), nil
}

func metric(page []byte, prefix string) uint64 {
	lines := bufio.NewScanner(strings.NewReader(string(page)))
	for lines.Scan() {
		if text, ok := strings.CutPrefix(lines.Text(), prefix); ok {
			n, _ := strconv.ParseFloat(text, 64)
			return uint64(n)
		}
	}
	return 0
}

// secure speaks TLS to a node of the member, with its admin's certificate.
func (l layout) secure(m Member) (*http.Client, error) {
	conf, err := l.tlsConfig(m, l.user(m, adminUser, "tls", "client"))
	if err != nil {
		return nil, err
	}
	return &http.Client{Timeout: askTime, Transport: &http.Transport{TLSClientConfig: conf, DisableKeepAlives: true}}, nil
}

// tlsConfig trusts the member's TLS CA, and shows the certificate of a pair.
func (l layout) tlsConfig(m Member, pair string) (*tls.Config, error) {
	ca, err := os.ReadFile(l.tlsCA(m))
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca)
	cert, err := tls.LoadX509KeyPair(pair+".crt", pair+".key")
	if err != nil {
		return nil, err
	}
	return &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{cert}, ServerName: "localhost", MinVersion: tls.VersionTLS12}, nil
}

// storageHealth asks the S3 server.
func (l layout) storageHealth(ctx context.Context) error {
	m, _ := l.Member(pledge.RoleExchange)
	c, err := l.secure(m)
	if err != nil {
		return err
	}
	status, _, err := fetch(ctx, c, "https://"+local(l.Storage.Port)+"/health")
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("unwell: HTTP status %d", status)
	}
	return err
}
