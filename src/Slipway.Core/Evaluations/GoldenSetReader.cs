using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Slipway.Core.Rendering;
using Slipway.Core.Wire;

namespace Slipway.Core.Evaluations;

/// <summary>Reads one golden set from JSON Lines and keeps going after an error, so that one attempt shows them all.</summary>
internal sealed class GoldenSetReader
{
    private const string Kind = "kind", Variables = "variables", Messages = "messages", Expect = "expect", Tags = "tags", Confirm = "confirm";
    private static readonly string[] Keys = ["id", Kind, Variables, Messages, Expect, Tags, "source", Confirm];
    private static readonly string[] RareKeys = ["name", "tool_calls", "tool_call_id", "refusal"];
    private static readonly string[] Roles = ["system", "user", "assistant", "tool"];

    private readonly List<InputProblem> errors = [];
    private readonly Dictionary<string, int> lineOfId = new(StringComparer.Ordinal);
    private readonly DuplicateInputs duplicates = new();

    /// <summary>Reads the whole text; a reader reads one.</summary>
    public GoldenSetResult Read(GoldenSetId id, string jsonLines)
    {
        var cases = ImmutableArray.CreateBuilder<GoldenCase>();
        var line = 0;
        // Only a line feed ends a line: other separators may stand inside a JSON string. A mark of the byte order is no part of the text.
        foreach (var text in jsonLines.TrimStart('\uFEFF').Split('\n'))
        {
            line++;
            if (string.IsNullOrWhiteSpace(text)) continue;
            if (ReadCase(text, line) is not { } goldenCase) continue;
            cases.Add(goldenCase);
            duplicates.Add(goldenCase, line);
        }
        if (cases.Count == 0 && errors.Count == 0) errors.Add(new InputProblem(null, null, "The golden set has no cases."));
        return errors.Count == 0
            ? new GoldenSetResult.Parsed(new GoldenSet(id, cases.ToImmutable()), duplicates.Notices)
            : new GoldenSetResult.Refused([.. errors.OrderBy(error => (error.Line, error.Column))]);
    }

    private GoldenCase? ReadCase(string text, int line)
    {
        var before = errors.Count;
        if (PlacedJson.Parse(text, line, errors) is not { } json) return null;
        if (json.Root.ValueKind != JsonValueKind.Object)
        {
            errors.Add(json.At(json.Root, "A case is an object."));
            return null;
        }
        var fields = new JsonFields(json, json.Root, "a case", errors, Keys);
        var goldenCase = new GoldenCase(ReadId(json, fields, line), ReadKind(json, fields), fields.Object(Variables),
            ReadMessages(json, fields), ReadExpect(json, fields), ReadTags(json, fields), fields.Text("source", required: false))
        {
            IsProposed = fields.Flag(Confirm),
            Judges = ReadJudges(json, fields),
        };
        // Of something that stands there in a wrong form only the form is worth a sentence.
        if (errors.Count == before && goldenCase is { Variables: null, Messages.IsEmpty: true })
            errors.Add(json.At(json.Root, "The case has neither variables nor messages: nothing would go in."));
        return errors.Count == before ? goldenCase : null;
    }

    private string ReadId(PlacedJson json, JsonFields fields, int line)
    {
        var id = fields.Text("id", required: true) ?? "";
        if (id.Length > 0 && !lineOfId.TryAdd(id, line))
        {
            errors.Add(json.At(fields.Any("id")!.Value,
                string.Create(CultureInfo.InvariantCulture, $"The id \"{id}\" is already taken by line {lineOfId[id]}.")));
        }
        return id;
    }

    private CaseKind ReadKind(PlacedJson json, JsonFields fields)
    {
        if (fields.Text(Kind, required: false) is not { } name) return CaseKind.Normal;
        if (SnakeCase<CaseKind>.Parse(name) is { } kind) return kind;
        errors.Add(json.At(fields.Any(Kind)!.Value,
            $"Unknown kind \"{JsonValues.Excerpt(name)}\": the kinds are {string.Join(", ", SnakeCase<CaseKind>.Names)}."));
        return default;
    }

    private ImmutableArray<ChatMessage> ReadMessages(PlacedJson json, JsonFields fields)
    {
        var messages = ImmutableArray.CreateBuilder<ChatMessage>();
        foreach (var item in fields.List(Messages))
        {
            if (item.ValueKind != JsonValueKind.Object)
            {
                errors.Add(json.At(item, "A message is an object with role and content."));
                continue;
            }
            var message = new JsonFields(json, item, "a message", errors, ["role", "content", .. RareKeys]);
            if (RareKeys.Any(key => message.Any(key) is not null) || message.Any("content") is { ValueKind: JsonValueKind.Array })
            {
                if (ChatMessage.Read(item, out var problem) is { } read) messages.Add(read);
                else errors.Add(json.At(item, problem!.In($"{Messages}[{messages.Count}]")));
                continue;
            }
            var (role, content) = (message.Text("role", required: true), message.AnyText("content"));
            if (role is not null && !Roles.Contains(role))
                errors.Add(json.At(message.Any("role")!.Value, $"Unknown role \"{JsonValues.Excerpt(role)}\": the roles are {string.Join(", ", Roles)}."));
            messages.Add(new ChatMessage(role ?? "", content ?? ""));
        }
        return messages.ToImmutable();
    }

    private ImmutableArray<Check> ReadExpect(PlacedJson json, JsonFields fields)
    {
        var before = errors.Count;
        var items = fields.List(Expect);
        if (items.IsEmpty && errors.Count == before)
            errors.Add(json.At(fields.Any(Expect) ?? json.Root, "\"expect\" is empty: a case without a check would always pass."));
        return [.. items.Where(item => !JudgeExpectation.Is(item)).Select(item => Check.Read(json, item, errors)).OfType<Check>()];
    }

    private ImmutableArray<JudgeExpectation> ReadJudges(PlacedJson json, JsonFields fields)
    {
        if (fields.Any(Expect) is not { ValueKind: JsonValueKind.Array } expect) return [];
        var judges = ImmutableArray.CreateBuilder<JudgeExpectation>();
        foreach (var item in expect.EnumerateArray().Where(JudgeExpectation.Is))
        {
            if (JudgeExpectation.Read(json, item, errors) is not { } judge) continue;
            if (judges.Any(other => other.Rubric.Name == judge.Rubric.Name)) errors.Add(json.At(item, $"The case is judged by {judge.Rubric.Name} twice."));
            judges.Add(judge);
        }
        return judges.ToImmutable();
    }

    private ImmutableSortedDictionary<string, string> ReadTags(PlacedJson json, JsonFields fields)
    {
        var tags = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        if (fields.Object(Tags) is not { } found) return tags.ToImmutable();
        foreach (var tag in found.EnumerateObject())
        {
            if (tag.Value.ValueKind == JsonValueKind.String) tags[tag.Name] = tag.Value.GetString()!;
            else errors.Add(json.At(tag.Value, $"The tag \"{JsonValues.Excerpt(tag.Name)}\" must be a text."));
        }
        return tags.ToImmutable();
    }
}
