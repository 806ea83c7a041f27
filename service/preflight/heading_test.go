package preflight_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/service/preflight"
)

// TestHeadingsThatAreData: what a reader takes for names is looked at, too.
func TestHeadingsThatAreData(t *testing.T) {
	for file, text := range map[string]string{
		"one-line.csv": "zhangsan88@qq.com,Zhang San,11010519491231002X\n",
		"names.csv":    "王芳,张丽,李强\n" + people(),
		"names.jsonl":  `{"zhangsan88@qq.com":1,"11010519491231002X":2}` + "\n",
	} {
		p := mustRun(t, folder(t, map[string]string{file: text}), preflight.Options{})
		var out bytes.Buffer
		p.Summary(&out, "zh")
		report, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		if p.Exclusion.Result != preflight.Fail || !strings.Contains(out.String(), "首行") {
			t.Errorf("%s: %s\n%s", file, p.Exclusion.Result, out.String())
		}
		for _, value := range []string{"zhangsan88", "Zhang San", "11010519491231002X", "王芳", "张丽"} {
			if strings.Contains(string(report), value) {
				t.Errorf("%s: %s is in the report", file, value)
			}
		}
	}
}

// people are rows of many different names.
func people() string {
	var out strings.Builder
	for _, a := range []string{"赵", "钱", "孙", "周", "吴", "郑", "冯", "陈", "杨", "朱"} {
		for _, b := range []string{"敏", "刚", "丽华", "涛", "晨曦", "建国", "志强", "秀英"} {
			out.WriteString(a + b + "," + a + "晓" + b[:3] + ",许" + b + "\n")
		}
	}
	return out.String()
}

// TestHeadingsThatAreNames: what tables are headed with is left alone.
func TestHeadingsThatAreNames(t *testing.T) {
	for _, heading := range []string{"金额,张数,高度,程度,方向,时间,任务,平均值", "姓名,手机号,身份证号,住址,邮箱", "id,name,price,Airport Name,y2019", "客户姓名,电话", "万元,余额,单价,毛利,成本",
		"日期,开盘价,收盘价,成交量", "Address,City,ZIP,Phone", "vin,plate,imei,ip,mac"} {
		rows := heading + "\n" + strings.Repeat(strings.Repeat("1,", strings.Count(heading, ","))+"1\n", 3)
		p := mustRun(t, folder(t, map[string]string{"a.csv": rows}), preflight.Options{})
		table := p.Exclusion.Files[0].Tables[0]
		var names []string
		for _, c := range table.Columns {
			names = append(names, c.Column)
		}
		if table.Heading != "" || strings.Join(names, ",") != heading {
			t.Errorf("%s: told as %v, taken for data by %q", heading, names, table.Heading)
		}
	}
}

// TestNamesCannotSpeakToATerminal: no name forges a line or moves the cursor.
func TestNamesCannotSpeakToATerminal(t *testing.T) {
	p := mustRun(t, folder(t, map[string]string{"a.csv": "\"手机\x1b[2J\nexclusion  pass\u202e\",b\n13800138000,x\n13800138001,y\n"}), preflight.Options{})
	var out bytes.Buffer
	p.Summary(&out, "en")
	if strings.ContainsAny(out.String(), "\x1b\u202e") || strings.Contains(out.String(), "\nexclusion  pass") {
		t.Errorf("%q", out.String())
	}
}
