using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Slipway.Core.Calls;
using Slipway.Core.Resolution;

namespace Slipway.Core.Tests.Calls;

public sealed class RedactionTests
{
    [Theory]
    [InlineData("Write to ana.lopez+shop@mail.example.co.uk.", "Write to [email].")]
    [InlineData("<józef@poczta.example.pl>", "<[email]>")]
    [InlineData("foo@bar and @handle and a@b.c", "foo@bar and @handle and a@b.c")]
    [InlineData("Card 4111 1111 1111 1111 123, thanks", "Card [card] 123, thanks")]
    [InlineData("4111-1111-1111-1111", "[card]")]
    [InlineData("378282246310005", "[card]")]
    [InlineData("4111111111111112", "4111111111111112")]
    [InlineData("GB29 NWBK 6016 1331 9268 19 please", "[iban] please")]
    [InlineData("de89370400440532013000", "[iban]")]
    [InlineData("GB29NWBK60161331926818", "GB29NWBK60161331926818")]
    [InlineData("from 192.168.0.1:8080 to 10.0.0.300", "from [ip]:8080 to 10.0.0.300")]
    [InlineData("2001:db8::ff00:42:8329 and fe80::1 and ::1", "[ip] and [ip] and [ip]")]
    [InlineData("std::vector, a::b, at 12:30:45", "std::vector, a::b, at 12:30:45")]
    [InlineData("Call +44 20 7946 0958 or (212) 555-0142.", "Call [phone] or [phone].")]
    [InlineData("1-800-555-0199 x12", "[phone] x12")]
    [InlineData("1-800-555-0199x12", "[phone]")]
    [InlineData("Order 12345, 2026-03-02 12:00:00, $5403926876, 1700000000, 3.14159265, v1.2.3", "Order 12345, 2026-03-02 12:00:00, $5403926876, 1700000000, 3.14159265, v1.2.3")]
    [InlineData("SSN 054-28-6917, ZIP 12345-6789, 1999-2004", "SSN 054-28-6917, ZIP 12345-6789, 1999-2004")]
    [InlineData("{\\\"tel\\\":\\\"x\\n0494 92 82 32\\\"}", "{\\\"tel\\\":\\\"x\\n[phone]\\\"}")]
    [InlineData("", "")]
    public void Personal_data_is_taken_out_and_the_rest_stays(string text, string expected) => Assert.Equal(expected, Redactor.BuiltIn.Redact(text));

    [Theory]
    [InlineData(CapturePolicy.Full, "\"ana@example.com\" is not an allowed property", "acme answered 400: no picture of ana@example.com")]
    [InlineData(CapturePolicy.Redacted, "\"[email]\" is not an allowed property", "acme answered 400: no picture of [email]")]
    [InlineData(CapturePolicy.None, "\"…\" is not an allowed property", "acme answered 400.")]
    public void Sentences_of_a_call_are_kept_as_its_texts_are(CapturePolicy capture, string violation, string error)
    {
        var policy = ServingPolicy.Default with { Capture = capture };
        Assert.Equal(violation, Captured.Sentence(policy, "\"ana@example.com\" is not an allowed property"));
        Assert.Equal(error, Captured.Error(policy, "acme answered 400: no picture of ana@example.com"));
        Assert.Null(Captured.Sentence(policy, null));
        Assert.Null(Captured.Error(policy, null));
        Assert.Equal("acme did not answer within 1 s.", Captured.Error(policy, "acme did not answer within 1 s."));
    }

    [Fact]
    public void Where_no_texts_are_kept_a_quotation_that_does_not_end_is_none_either() =>
        Assert.Equal("\"…\" and \"…\"", Captured.Sentence(ServingPolicy.Default with { Capture = CapturePolicy.None }, "\"title\" and \"my secre"));

    [Fact]
    public void A_prompts_own_patterns_are_taken_out_too_and_have_the_say_where_they_overlap()
    {
        var redactor = Redactor.Of(ServingPolicy.Default with { Redact = [@"CUST-\d+", @"\bsecret\w*"] });
        Assert.Equal("[redacted] at [email]: [redacted]", redactor.Redact("CUST-4111111111111111 at a@b.example: secrets"));
        Assert.Equal([new Redaction(0, 21, PersonalData.Custom)], redactor.Find("CUST-4111111111111111"));
    }

    [Fact]
    public void A_text_without_anything_personal_is_the_same_text() => Prop.ForAll(ArbMap.Default.ArbFor<string>(), text =>
    {
        if (text is null) return;
        var found = Redactor.BuiltIn.Find(text);
        var at = 0;
        foreach (var one in found)
        {
            Assert.True(one.Start >= at && one.Length > 0 && one.End <= text.Length);
            at = one.End;
        }
        if (found.IsEmpty) Assert.Same(text, Redactor.BuiltIn.Redact(text));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_is_hidden_in_any_text_is_found() => Prop.ForAll(Gen.Elements("ana@example.com", "4111 1111 1111 1111", "GB29NWBK60161331926819", "10.1.2.3", "2001:db8::1", "+44 20 7946 0958").ToArbitrary(),
        Gen.Elements("word ", "(", "\n", "Größe: ", "\\n", "\"", "😀 ", "12 apples and ").ToArbitrary(), Gen.Elements("", ".", " and more", "\"", "\\n", ")").ToArbitrary(), (secret, before, after) =>
        Assert.DoesNotContain(secret, Redactor.BuiltIn.Redact(before + secret + after), StringComparison.Ordinal)).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("1")]
    [InlineData("1 ")]
    [InlineData("a@")]
    [InlineData("@a.")]
    [InlineData("1:")]
    [InlineData("f:")]
    [InlineData("GB29")]
    [InlineData("+1(2)")]
    [InlineData("1.1")]
    public void A_hostile_text_is_gone_through_once(string piece)
    {
        // Anything quadratic would look at 10^11 characters and more, and the test would never end.
        var text = string.Concat(Enumerable.Repeat(piece, 400_000));
        Assert.NotNull(Redactor.Of(ServingPolicy.Default with { Redact = ["(1+)+$"] }).Redact(text[..(text.Length / 4)]));
    }

    [Fact]
    public void What_is_kept_is_what_the_policy_says()
    {
        const string Text = "I am ana@example.com";
        Assert.Equal("I am [email]", Captured.Of(ServingPolicy.Default, Text));
        Assert.Equal(Text, Captured.Of(ServingPolicy.Default with { Capture = CapturePolicy.Full }, Text));
        Assert.Null(Captured.Of(ServingPolicy.Default with { Capture = CapturePolicy.None }, Text));
        Assert.Null(Captured.Of(ServingPolicy.Default, null));
    }

    [Fact]
    public void Json_is_redacted_text_by_text_and_stays_json()
    {
        var kept = Captured.Of(ServingPolicy.Default, """[{"role": "user", "content": "call\n0494 92 82 32 or \u0061na\u0040example.com"}, {"ana@example.com": [5403926876, 1.50, null, true]}]""")!;
        Assert.Equal("""[{"role":"user","content":"call\n[phone] or [email]"},{"[email]":["[phone]",1.50,null,true]}]""", kept);
        const string Clean = """ {"a" : [1, 2.0]} """;
        Assert.Same(Clean, Captured.Of(ServingPolicy.Default, Clean));
        Assert.Equal("{not json [email]", Captured.Of(ServingPolicy.Default, "{not json ana@example.com"));
        Assert.Equal("""{"a": 1} [email]""", Captured.Of(ServingPolicy.Default, """{"a": 1} ana@example.com"""));
    }

    [Fact]
    public void A_long_text_is_cut_with_a_mark_and_what_lies_across_the_end_is_not_left_half()
    {
        var text = new string('x', Captured.Longest - 8) + " 4111 1111 1111 1111 " + new string('y', 100);
        var kept = Captured.Of(ServingPolicy.Default, text)!;
        Assert.EndsWith($"x [card]… [cut: {text.Length} characters]", kept, StringComparison.Ordinal);
        var faces = Captured.Of(ServingPolicy.Default with { Capture = CapturePolicy.Full }, "x" + string.Concat(Enumerable.Repeat("😀", Captured.Longest)))!;
        Assert.StartsWith("😀…", faces[(Captured.Longest - 3)..], StringComparison.Ordinal);      // not half a face
        var messages = JsonSerializer.Serialize(new[] { new { content = text } });
        Assert.DoesNotContain("4111", Captured.Of(ServingPolicy.Default, messages)!, StringComparison.Ordinal);
    }
}
