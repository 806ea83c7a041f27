package rest

import (
	"embed"
	"fmt"
	"html/template"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/acts"
)

//go:embed verify*.html
var verifyText embed.FS

// words say a verdict: large, and with a sign, so that nothing hangs on colour.
var words = map[string]struct {
	service.Text
	sign string
}{
	verdictMatch:   {service.Text{ZH: "一致", EN: "Matches"}, "✓"},
	verdictDiffers: {service.Text{ZH: "不一致", EN: "Does not match"}, "✗"},
	verdictNone:    {service.Text{ZH: "未存证", EN: "Not notarized"}, "○"},
	verdictRecord:  {service.Text{ZH: "记录在案", EN: "On record"}, "✓"},
	verdictMissing: {service.Text{ZH: "查无此证", EN: "No such certificate"}, "✗"},
	verdictUnsure:  {service.Text{ZH: "无法判断", EN: "Cannot tell"}, "?"},
	verdictUnclear: {service.Text{ZH: "无法识别", EN: "Not understood"}, "?"},
	verdictTrouble: {service.Text{ZH: "暂时无法核验", EN: "Cannot verify now"}, "!"},
}

// verifyTemplates are the page in both languages.
type verifyTemplates struct{ zh, en *template.Template }

func (v verifyTemplates) in(lang string) *template.Template {
	if lang == "zh" {
		return v.zh
	}
	return v.en
}

func newVerify(assets verifyAssets) (v verifyTemplates, err error) {
	if v.zh, err = verifyTemplate("zh", assets); err == nil {
		v.en, err = verifyTemplate("en", assets)
	}
	return v, err
}

func verifyTemplate(lang string, assets verifyAssets) (*template.Template, error) {
	say := func(t service.Text) string { return t.In(lang) }
	t, err := template.New("").Funcs(template.FuncMap{
		"t":           func(zh, en string) string { return say(service.Text{ZH: zh, EN: en}) },
		"text":        say,
		"word":        func(kind string) string { return say(words[kind].Text) },
		"sign":        func(kind string) string { return words[kind].sign },
		"when":        func(at string) string { return say(service.LegalTime(at)) },
		"status":      func(m service.PublicMatch) string { return say(statusOfMatch(m)) },
		"answeredFor": func(m service.PublicMatch) string { return say(overriddenMatch(m)) },
		"act":         func(act string) string { return say(actName(act)) },
		"asset":       assets.url,
	}).ParseFS(verifyText, "verify*.html")
	if err != nil {
		return nil, fmt.Errorf("reading the page: %w", err)
	}
	return t, nil
}

func statusOfMatch(m service.PublicMatch) service.Text {
	switch {
	case m.Status == pledge.AssetWithdrawn:
		return service.Text{ZH: "已撤回", EN: "withdrawn"}
	case m.Status == pledge.AssetRevoked:
		return service.Text{ZH: "已撤销", EN: "revoked"}
	case m.Disputed:
		return service.Text{ZH: "有争议（他方也存证了相同或大部分相同的内容）", EN: "disputed (others notarized the same content, or most of it)"}
	case m.Frozen:
		return service.Text{ZH: "已冻结", EN: "frozen"}
	}
	return service.Text{ZH: "有效", EN: "in force"}
}

// overriddenMatch says that a preflight found something, and somebody let it pass.
func overriddenMatch(m service.PublicMatch) service.Text {
	return service.Text{ZH: fmt.Sprintf("预检有 %d 项问题由签署人说明并负责，见存证证书", m.Overrides),
		EN: fmt.Sprintf("findings of its preflight that a person answers for: %d; its certificate lists them", m.Overrides)}
}

// Warnings are what a match must not hide.
func (v verdict) Warnings() []service.Text {
	if v.Kind != verdictMatch {
		return nil
	}
	var found []service.PublicMatch
	if v.LookUp != nil {
		found = v.LookUp.Matches
	}
	if v.Comparison != nil && v.Comparison.Asset != nil {
		found = append(found, *v.Comparison.Asset)
	}
	var list []service.Text
	for _, m := range found {
		warn := func(t service.Text) {
			list = append(list, service.Text{ZH: m.Number + "：" + t.ZH, EN: m.Number + ": " + t.EN})
		}
		if m.Status != pledge.Notarized || m.Disputed || m.Frozen {
			warn(statusOfMatch(m))
		}
		if m.Overrides > 0 {
			warn(overriddenMatch(m))
		}
	}
	return list
}

// languageOf is what the page is shown in: as asked, as the browser prefers
// (which names its languages best first), else Chinese.
func languageOf(c *gin.Context) string {
	if l := c.Query("lang"); l == "zh" || l == "en" {
		return l
	}
	for l := range strings.SplitSeq(strings.ToLower(c.GetHeader("Accept-Language")), ",") {
		switch l = strings.TrimSpace(l); {
		case strings.HasPrefix(l, "zh"):
			return "zh"
		case strings.HasPrefix(l, "en"):
			return "en"
		}
	}
	return "zh"
}

func actName(act string) service.Text {
	zh, en := acts.Name(act)
	return service.Text{ZH: zh, EN: en}
}
