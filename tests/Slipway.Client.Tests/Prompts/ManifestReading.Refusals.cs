using System.Text;
using Slipway.Cli.Prompts;

namespace Slipway.Client.Tests.Prompts;

/// <content>What is no manifest, and where.</content>
public sealed partial class ManifestReading
{
    [Theory]
    [InlineData("id: support_router", "id: Support", 1, 5, "id \"Support\" does not fit: it must be 1 to 120 characters")]
    [InlineData("id: support_router", "id: [support_router]", 1, 5, "id must be a text, not a list.")]
    [InlineData("id: support_router", "id: {a: b}", 1, 5, "id must be a text, not a mapping.")]
    [InlineData("id: support_router", "id:", 1, 4, "id has no value.")]
    [InlineData("version: 1.6.0", "version: 1.6", 2, 10, "version 1.6 is too short: a semantic version has three parts, as in 1.6.0.")]
    [InlineData("version: 1.6.0", "version: 7", 2, 10, "version 7 is too short")]
    [InlineData("version: 1.6.0", "version: Next", 2, 10, "version \"Next\" does not fit: it must be a version such as 1.6.0 or 2026-03-15.3.")]
    [InlineData("version: 1.6.0\n", "", 1, 1, "version is missing; write version: next to have the server number it.")]
    [InlineData("template: prompts/support_router/v1.6.0.md\n", "", 1, 1, "template is missing; in its place there may be messages.")]
    [InlineData("version: 1.6.0", "version: 2026-02-30.1", 2, 10, "version \"2026-02-30.1\" does not fit")]
    [InlineData("owner: ai-platform", "owner: AI Platform", 3, 8, "owner \"AI Platform\" does not fit")]
    [InlineData("owner: ai-platform", "owner: \" \"", 3, 8, "owner is blank.")]
    [InlineData("owner: ai-platform", "owner: a\\u001b[31m", 3, 8, "owner \"a\\u001b[31m\" does not fit")]
    [InlineData("owner: ai-platform", "owner: \"a\\e[31m\"", 3, 8, "owner \"a\uFFFD[31m\" does not fit")]
    [InlineData("status: candidate", "status: live", 4, 9, "status \"live\" cannot be pushed, only candidate can")]
    [InlineData("status: candidate", "status: Candidate", 4, 9, "only candidate can")]
    [InlineData("model: production-default\n", "", 1, 1, "model is missing.")]
    [InlineData("rollback_to: 1.5.2\n", "", 1, 1, "rollback_to is missing; for the first version of a prompt write rollback_to: null")]
    [InlineData("rollback_to: 1.5.2", "rollback_to:", 9, 13, "rollback_to is empty; for the first version of a prompt write rollback_to: null")]
    [InlineData("rollback_to: 1.5.2", "rollback_to: 1.5", 9, 14, "rollback_to 1.5 is too short")]
    [InlineData("rollback_to: 1.5.2", "rollback_to: 1.6.0", 9, 14, "rollback_to names 1.6.0, the version itself.")]
    [InlineData("rollback_to: 1.5.2", "rollback_to: 1.5.2\nrollback_to: 1.5.1", 10, 1, "The key \"rollback_to\" stands twice, first in line 9.")]
    [InlineData("rollback_to: 1.5.2", "rollback_to: 1.5.2\nrolback_to: 1.5.2", 10, 1, "Unknown key \"rolback_to\": a manifest needs id, version,")]
    [InlineData("rollback_to: 1.5.2", "rollback_to: 1.5.2\n? [a]\n: b", 10, 3, "A key must be a text")]
    [InlineData("rollback_to: 1.5.2", "rollback_to: 1.5.2\nchange_kind: [meaning, meaning]", 10, 24, "change_kind names meaning twice.")]
    [InlineData("rollback_to: 1.5.2", "rollback_to: 1.5.2\nchange_kind: [tone, style]", 10, 21, "change_kind \"style\" is unknown: it is meaning, tone or format.")]
    [InlineData("rollback_to: 1.5.2", "rollback_to: 1.5.2\nchange_kind: []", 10, 14, "change_kind is an empty list")]
    [InlineData("rollback_to: 1.5.2", "rollback_to: 1.5.2\nchange_kind: {a: b}", 10, 14, "change_kind must be a text, not a mapping.")]
    [InlineData("rollback_to: 1.5.2", "rollback_to: 1.5.2\nbased_on: 1.6.0", 10, 11, "based_on names 1.6.0, the version itself.")]
    [InlineData("rollback_to: 1.5.2", "rollback_to: 1.5.2\nbased_on: 1.5", 10, 11, "based_on 1.5 is too short")]
    [InlineData("rollback_to: 1.5.2", "rollback_to: 1.5.2\nbased_on: null", 10, 11, "based_on has no value.")]
    [InlineData("rollback_to: 1.5.2", "rollback_to: 1.5.2\nmessages: [{role: user, content: Hi}]", 10, 11, "A manifest has either a template or messages, not both.")]
    [InlineData("rollback_to: 1.5.2", "rollback_to: 1.5.2\ntools: nowhere.json", 10, 8, "tools names nowhere.json: There is no such file.")]
    [InlineData("rollback_to: 1.5.2", "rollback_to: 1.5.2\ntools: [{type: function, function: {}}]", 10, 9, "tools[0]: The function's name must be 1 to 64 letters")]
    [InlineData("rollback_to: 1.5.2", "rollback_to: 1.5.2\ntools: []", 10, 8, "tools must be a list of functions, at least one.")]
    [InlineData("rollback_to: 1.5.2", "rollback_to: 1.5.2\nretrieval: kb", 10, 12, "retrieval must be a mapping, not a single value.")]
    [InlineData("rollback_to: 1.5.2", "rollback_to: 1.5.2\nretrieval: {index: kb}", 10, 12, "retrieval.top_k is missing.")]
    [InlineData("rollback_to: 1.5.2", "rollback_to: 1.5.2\nretrieval: {index: kb, top_k: 5, depth: 1}", 10, 34, "Unknown key \"depth\": retrieval has index, top_k.")]
    [InlineData("rollback_to: 1.5.2", "rollback_to: 1.5.2\nretrieval: {index: kb, top_k: five}", 10, 31, "retrieval.top_k must be a whole number, as in 5.")]
    [InlineData("rollback_to: 1.5.2", "rollback_to: 1.5.2\nretrieval: {index: kb, top_k: '5'}", 10, 31, "retrieval.top_k must be a whole number, as in 5.")]
    [InlineData("rollback_to: 1.5.2", "rollback_to: 1.5.2\nretrieval: {index: kb, top_k: 0}", 10, 12, "retrieval.top_k must be from 1 to 1000.")]
    [InlineData("rollback_to: 1.5.2", "rollback_to: 1.5.2\nretrieval: {index: [kb], top_k: 5}", 10, 20, "retrieval.index must be a text, not a list.")]
    [InlineData("rollback_to: 1.5.2", "rollback_to: 1.5.2\nmemory: {}", 10, 9, "memory.turns is missing.")]
    [InlineData("rollback_to: 1.5.2", "rollback_to: 1.5.2\nmemory: {turns: 2.5}", 10, 17, "memory.turns must be a whole number")]
    [InlineData("rollback_to: 1.5.2", "rollback_to: 1.5.2\nmemory: {turns: 1001}", 10, 9, "memory.turns must be from 1 to 1000.")]
    [InlineData("rollback_to: 1.5.2", "rollback_to: 1.5.2\nsafety: global/privacy@3", 10, 9, "safety must be a list, not a single value.")]
    [InlineData("rollback_to: 1.5.2", "rollback_to: 1.5.2\nsafety: [global/privacy@0]", 10, 10, "safety \"global/privacy@0\" names no partial: it must be PARTIAL@VERSION")]
    [InlineData("rollback_to: 1.5.2", "rollback_to: 1.5.2\nsafety: [[a]]", 10, 10, "safety[0] must be a text, not a list.")]
    [InlineData("rollback_to: 1.5.2", "rollback_to: 1.5.2\nsafety: [a@1, a@1]", 10, 9, "safety names a layer twice.")]
    [InlineData("rollback_to: 1.5.2", "rollback_to: 1.5.2\npost_processing: [trim]", 10, 19, "post_processing \"trim\" is unknown: it is trim_markdown_fence or trim_white_space.")]
    [InlineData("rollback_to: 1.5.2", "rollback_to: 1.5.2\nserving: 30s", 10, 10, "serving must be a mapping, not a single value.")]
    [InlineData("rollback_to: 1.5.2", "rollback_to: 1.5.2\nserving: {wait: 30s}", 10, 11, "Unknown key \"wait\": serving has timeout, total_timeout, retries, fallback_models.")]
    [InlineData("rollback_to: 1.5.2", "rollback_to: 1.5.2\nserving: {timeout: soon}", 10, 20, "serving.timeout \"soon\" does not fit: it must be a whole number and s, m, h or d")]
    [InlineData("rollback_to: 1.5.2", "rollback_to: 1.5.2\nserving: {timeout: 0s}", 10, 10, "serving.timeout must be from 1s to 1h.")]
    [InlineData("rollback_to: 1.5.2", "rollback_to: 1.5.2\nserving: {timeout: 2m, total_timeout: 1m}", 10, 10, "serving.timeout is longer than serving.total_timeout.")]
    [InlineData("rollback_to: 1.5.2", "rollback_to: 1.5.2\nserving: {retries: many}", 10, 20, "serving.retries must be a whole number")]
    [InlineData("rollback_to: 1.5.2", "rollback_to: 1.5.2\nserving: {retries: 6}", 10, 10, "serving.retries must be from 0 to 5.")]
    [InlineData("rollback_to: 1.5.2", "rollback_to: 1.5.2\nserving: {fallback_models: [a/b, cheap]}", 10, 34, "serving.fallback_models[1] \"cheap\" does not fit: it must be PROVIDER/MODEL")]
    [InlineData("rollback_to: 1.5.2", "rollback_to: 1.5.2\nserving: {fallback_models: [a/b, a/b]}", 10, 10, "serving.fallback_models names a model twice.")]
    [InlineData("rollback_to: 1.5.2", "rollback_to: 1.5.2\nparameters: {temperature: 0, model: x}", 10, 13, "parameters cannot hold model: Slipway sets it.")]
    [InlineData("rollback_to: 1.5.2", "rollback_to: 1.5.2\nvariables: {name: {type: string}}", 10, 12, "variables declares name, which the template does not use.")]
    [InlineData("schemas/support_route.json", "{type: objekt}", 7, 16, "The output schema is wrong: \"type\" must name object,")]
    [InlineData("schemas/support_route.json", "[a]", 7, 9, "The output schema is wrong: A schema must be an object, true or false.")]
    [InlineData("rollback_to: 1.5.2", "rollback_to: 1.5.2\nchange_kind: style", 10, 14, "change_kind \"style\" is unknown: it is meaning, tone or format.")]
    [InlineData("rollback_to: 1.5.2", "rollback_to: 1.5.2\nlinked: null", 10, 9, "linked has no value.")]
    [InlineData("rollback_to: 1.5.2", "rollback_to: 1.5.2\nvariables: [a, b]", 10, 12, "variables must be a mapping, not a list.")]
    [InlineData("rollback_to: 1.5.2", "rollback_to: 1.5.2\nvariables: {a: string}", 10, 16, "The variable a needs a JSON Schema, as in {type: string}.")]
    [InlineData("rollback_to: 1.5.2", "rollback_to: 1.5.2\nvariables: {a: 'true'}", 10, 16, "The variable a needs a JSON Schema")]
    [InlineData("rollback_to: 1.5.2", "rollback_to: 1.5.2\nparameters: 0.5", 10, 13, "parameters must be a mapping, not a single value.")]
    [InlineData("rollback_to: 1.5.2", "rollback_to: 1.5.2\nparameters: {a: 1, b: {a: 1, a: 2}}", 10, 30, "The key \"a\" stands twice")]
    [InlineData("rollback_to: 1.5.2", "rollback_to: 1.5.2\nparameters: {top_p: .nan}", 10, 21, ".nan is a number that JSON does not have")]
    [InlineData("rollback_to: 1.5.2", "rollback_to: 1.5.2\nparameters: {top_p: 1e999}", 10, 21, "1e999 is a number that JSON does not have")]
    [InlineData("rollback_to: 1.5.2", "rollback_to: 1.5.2\nparameters: {seed: 9007199254740993}", 10, 20, "9007199254740993 is an integer beyond 9007199254740991, which JSON numbers do not carry exactly; in quotation marks")]
    [InlineData("owner: ai-platform", "owner: &o ai-platform", 3, 8, "&o is an anchor")]
    [InlineData("rollback_to: 1.5.2", "rollback_to: *o", 9, 14, "*o is an alias: write the value itself.")]
    [InlineData("version: 1.6.0", "version: !!str 1.6.0", 2, 10, "tag:yaml.org,2002:str is a tag")]
    [InlineData("version: 1.6.0", "version: ! 1.6.0", 2, 10, "! is a tag")]
    [InlineData("rollback_to: 1.5.2", "rollback_to: 1.5.2\nparameters: {<<: {a: 1}, b: *x}", 10, 29, "*x is an alias")]
    [InlineData("id: support_router", "%YAML 1.1\n---\nid: support_router", 1, 1, "A manifest has no directives")]
    [InlineData("id: support_router", "# why\n%TAG ! tag:x,2026:\n---\nid: support_router", 2, 1, "A manifest has no directives")]
    [InlineData("misroutes.\"", "misroutes.\"\n---\nid: other", 11, 1, "A second document begins here: a file holds one manifest.")]
    [InlineData("misroutes.\"", "misroutes.", 10, 16, "Not YAML: While scanning a quoted scalar, found unexpected end of stream.")]
    [InlineData("owner: ai-platform", "owner: a: b", 3, 9, "Not YAML: While scanning a plain scalar value, found invalid mapping.")]
    [InlineData("owner: ai-platform", "owner: [a\nb: c", 3, 8, "Not YAML from here on: a bracket before is not closed")]
    [InlineData("owner: ai-platform", "owner: a\u2028status: live", 3, 9, "The character U+2028 cannot stand in a manifest")]
    [InlineData("owner: ai-platform", "owner: 😀\u0007", 3, 10, "The character U+0007 cannot stand in a manifest")]
    [InlineData("v1.6.0.md", "v1.7.0.md", 6, 11, "template names prompts/support_router/v1.7.0.md: There is no such file.")]
    [InlineData("prompts/support_router/v1.6.0.md", "prompts", 6, 11, "template names prompts: This is a folder, where a file is needed.")]
    [InlineData("prompts/support_router/v1.6.0.md", "/etc/hostname", 6, 11, "template \"/etc/hostname\" is an absolute path")]
    [InlineData("prompts/support_router/v1.6.0.md", "C:/prompt.md", 6, 11, "template \"C:/prompt.md\" is an absolute path")]
    [InlineData("prompts/support_router/v1.6.0.md", "../prompt.md", 6, 11, "template \"../prompt.md\" lies outside the manifest's folder")]
    [InlineData("prompts/support_router/v1.6.0.md", "prompts/../../prompt.md", 6, 11, "lies outside the manifest's folder")]
    [InlineData("prompts/support_router/v1.6.0.md", "prompts\\v1.md", 6, 11, "has a backslash in it; write folders with /")]
    [InlineData("prompts/support_router/v1.6.0.md", "\"a\\0\"", 6, 11, "template \"a\uFFFD\" has a control character in it.")]
    [InlineData("_v4.jsonl", ".jsonl", 8, 13, "golden_set \"evals/support_router_golden.jsonl\" does not say which version it is: name the file NAME_vN.jsonl")]
    [InlineData("_v4.jsonl", "_v04.jsonl", 8, 13, "does not say which version it is")]
    [InlineData("_v4.jsonl", "_v4.json", 8, 13, "does not say which version it is")]
    [InlineData("_v4.jsonl", "_v5.jsonl", 8, 13, "golden_set names evals/support_router_golden_v5.jsonl: There is no such file.")]
    public void What_is_wrong_is_refused_with_its_place(string right, string wrong, int line, int column, string message)
    {
        var problem = Assert.Single(Refuse(Exact.Replace(right, wrong, StringComparison.Ordinal)));
        Assert.Contains(message, problem.Message);
        Assert.Equal((folder.PathOf("manifest.yaml"), line, column), (problem.File, problem.Line, problem.Column));
    }

    [Theory]
    [InlineData(Schema, "{\"type\":\n  objekt}", 2, 3, "Not JSON: 'o' is an invalid start of a value.")]
    [InlineData(Schema, "", 1, 1, "Not JSON: The input does not contain any JSON tokens.")]
    [InlineData(Schema, "{\"é😀\":1,\"é😀\":2}", 1, 10, "The key \"é😀\" stands twice in one object.")]
    [InlineData(Schema, "{\"type\":\"object\",\n\"title\":\"\\ud800\"}", 2, 9, "half of a surrogate pair")]
    [InlineData(Schema, "{} {}", 1, 4, "Not JSON: '{' is invalid after a single JSON value.")]
    [InlineData(Schema, "{\n \"properties\": {\"a/b\": {\"type\": 7}}}", 2, 33, "The output schema is wrong: \"type\" must")]
    [InlineData(Template, "Route\n  {{ticket this.", 2, 3, "is never closed")]
    [InlineData(Template, "{{#a}}\n{{/b}}", 2, 1, "does not close {{#a}}")]
    [InlineData(Template, "Hello {{>Global}}", 1, 7, "names a partial that is not there.")]
    [InlineData(Golden, "\n{\"id\":7}", 2, 7, "\"id\" must be a text")]
    [InlineData(Golden, "\n", null, null, "The golden set has no cases.")]
    public void What_is_wrong_in_a_file_it_names_is_refused_with_the_place_there(string file, string text, int? line, int? column, string message)
    {
        folder.Write(file, text);
        var problem = Assert.Single(Refuse(Exact), problem => problem.Message.Contains(message, StringComparison.Ordinal));
        Assert.Equal((folder.PathOf(file), line, column), (problem.File, problem.Line, problem.Column));
    }

    [Fact]
    public void A_name_that_is_not_declared_is_shown_in_the_template()
    {
        folder.Write(Template, "Hello {{name}},\nyou wrote {{ticket_body}}{{#items}}{{label}}{{/items}}.\n{{>footer}}");
        var problems = Refuse(Exact + "\nvariables: {name: {type: string}, footnote: {type: string}}");
        Assert.Equal(
            [$"{folder.PathOf(Template)}:2:11: The template uses {{{{ticket_body}}}}, which variables does not declare.", $"{folder.PathOf(Template)}:2:26: The template uses {{{{items}}}}, which variables does not declare."],
            problems.Select(problem => problem.ToString()));
    }

    [Theory]
    [InlineData("- a\n- b\n", 1, 1, "A manifest is keys and values, as in id: support_router")]
    [InlineData("support_router", 1, 1, "A manifest is keys and values")]
    [InlineData("", null, null, "The file is empty.")]
    [InlineData("# nothing\n", null, null, "The file is empty.")]
    [InlineData("*a", 1, 1, "*a is an alias")]
    public void What_is_no_mapping_is_no_manifest(string text, int? line, int? column, string message)
    {
        var problem = Assert.Single(Refuse(text));
        Assert.Contains(message, problem.Message);
        Assert.Equal((line, column), (problem.Line, problem.Column));
    }

    [Fact]
    public void All_problems_come_at_once_the_manifests_by_line_then_those_of_its_files()
    {
        folder.Write(Schema, "{");
        folder.Write(Tools, "[{}]");
        folder.Write(Golden, Case.Replace("\"a\"", "7", StringComparison.Ordinal) + "\nnot json\n");
        var problems = Refuse(Exact.Replace("owner: ai-platform\n", "", StringComparison.Ordinal).Replace("1.5.2", "1.5", StringComparison.Ordinal)
            .Replace("id: ", "id: &a ", StringComparison.Ordinal).Replace(Template, "nowhere.md", StringComparison.Ordinal) + $"\nmemory: *a\nowners: x\ntools: {Tools}\n");
        Assert.Equal(
            ["manifest.yaml:1:1", "manifest.yaml:1:5", "manifest.yaml:5:11", "manifest.yaml:8:14", "manifest.yaml:10:9", "manifest.yaml:11:1",
                "support_route.json:1:2", "support_router_golden_v4.jsonl:1:7", "support_router_golden_v4.jsonl:2:2", "support.json:1:2"],
            problems.Select(problem => $"{Path.GetFileName(problem.File)}:{problem.Line}:{problem.Column}"));
    }

    [Fact]
    public void A_problem_is_printed_as_compilers_print_theirs()
    {
        Assert.Equal("a.yaml:3:8: Wrong.", new ManifestProblem("a.yaml", 3, 8, "Wrong.").ToString());
        Assert.Equal("a.yaml:3: Wrong.", new ManifestProblem("a.yaml", 3, null, "Wrong.").ToString());
        Assert.Equal("a.yaml: Wrong.", new ManifestProblem("a.yaml", null, null, "Wrong.").ToString());
    }

    [Fact]
    public void A_file_that_is_not_UTF_8_is_refused_where_it_stops_being_it()
    {
        folder.Write(Template, [.. Encoding.UTF8.GetBytes("é\nfür "), 0xFC, (byte)'r']);
        var problem = Assert.Single(Refuse(Exact));
        Assert.Equal($"{folder.PathOf(Template)}:2:5: From here on the file is not UTF-8 text; save it as UTF-8.", problem.ToString());
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{")]
    [InlineData("{a: ")]
    [InlineData("[{? ")]
    public void Nesting_without_end_is_refused_without_reading_it(string bracket)
    {
        var problem = Assert.Single(Refuse($"{Exact}\nparameters: {string.Concat(Enumerable.Repeat(bracket, 100_000))}"));
        Assert.Contains("nested more than 32 deep", problem.Message);
    }

    [Fact]
    public void Broken_text_is_a_problem_never_an_exception()
    {
        const string Marks = "[]{}:,-?&*!|>'\"%@`#\n\t \\ab1~<=.";
        var random = new Random(20260314);      // the same texts in every run
        for (var i = 0; i < 200; i++)
        {
            var text = new StringBuilder(Exact + Optional);
            for (var change = random.Next(1, 6); change > 0; change--)
            {
                var at = random.Next(text.Length - 12);
                if (random.Next(2) == 0) text.Remove(at, random.Next(1, 12));
                else text.Insert(at, Marks[random.Next(Marks.Length)]);
            }
            // A change within a comment or a text leaves a manifest a manifest.
            if (ManifestReader.Read(folder.Write("manifest.yaml", text.ToString())) is ManifestResult.Refused { Problems: var problems }) Assert.All(problems, problem => Assert.True(problem.Line is null or > 0, problem.ToString()));
        }
    }

    [Fact]
    public void A_manifest_that_is_not_there_is_a_problem_not_an_exception()
    {
        Assert.Equal("nowhere.yaml: There is no such file.", Assert.Single(Refused(ManifestReader.Read("nowhere.yaml"))).ToString());
        Assert.EndsWith(": This is a folder, where a file is needed.", Assert.Single(Refused(ManifestReader.Read(folder.Root))).ToString());
    }
}
