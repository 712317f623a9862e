using System.Globalization;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Slipway.Core.Releases;
using Slipway.Core.Wire;

namespace Slipway.Core.Tests.Wire;

public sealed class CanonicalJsonTests
{
    private static readonly Gen<string> Text = ArbMap.Default.GeneratorFor<string>()
        .Select(text => new string([.. (text ?? "").Where(letter => !char.IsSurrogate(letter))]))
        .SelectMany(_ => Gen.Elements("", "é", "\u2028", "😀", "\ufb33", "\u0007", "\"\\"), (text, more) => text + more);

    private static readonly Gen<string> Number = Gen.OneOf(
        ArbMap.Default.GeneratorFor<double>().Where(double.IsFinite).Select(number => number.ToString("R", CultureInfo.InvariantCulture)),
        ArbMap.Default.GeneratorFor<long>().Select(bits => BitConverter.Int64BitsToDouble(bits)).Where(double.IsFinite).Select(number => number.ToString("E17", CultureInfo.InvariantCulture)),
        Gen.Elements("-0", "1E30", "4.50", "2e-3", "0.000000000000000000000000001", "12345678901234567890.5", "1e23", "1e22"));

    private static readonly Gen<string> Json = Gen.Sized(size => Value(Math.Min(size, 4)));

    /// <summary>RFC 8785, appendix B.</summary>
    [Theory]
    [InlineData(0x0000000000000000, "0")]
    [InlineData(0x8000000000000000, "0")]
    [InlineData(0x0000000000000001, "5e-324")]
    [InlineData(0x8000000000000001, "-5e-324")]
    [InlineData(0x7fefffffffffffff, "1.7976931348623157e+308")]
    [InlineData(0xffefffffffffffff, "-1.7976931348623157e+308")]
    [InlineData(0x4340000000000000, "9007199254740992")]
    [InlineData(0xc340000000000000, "-9007199254740992")]
    [InlineData(0x4430000000000000, "295147905179352830000")]
    [InlineData(0x44b52d02c7e14af5, "9.999999999999997e+22")]
    [InlineData(0x44b52d02c7e14af6, "1e+23")]
    [InlineData(0x44b52d02c7e14af7, "1.0000000000000001e+23")]
    [InlineData(0x444b1ae4d6e2ef4e, "999999999999999700000")]
    [InlineData(0x444b1ae4d6e2ef4f, "999999999999999900000")]
    [InlineData(0x444b1ae4d6e2ef50, "1e+21")]
    [InlineData(0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7")]
    [InlineData(0x3eb0c6f7a0b5ed8d, "0.000001")]
    [InlineData(0x41b3de4355555553, "333333333.3333332")]
    [InlineData(0x41b3de4355555554, "333333333.33333325")]
    [InlineData(0x41b3de4355555555, "333333333.3333333")]
    [InlineData(0x41b3de4355555556, "333333333.3333334")]
    [InlineData(0x41b3de4355555557, "333333333.33333343")]
    [InlineData(0xbecbf647612f3696, "-0.0000033333333333333333")]
    [InlineData(0x43143ff3c1cb0959, "1424953923781206.2")]
    public void A_number_is_printed_as_in_the_examples_of_the_standard(ulong bits, string expected) =>
        Assert.Equal(expected, CanonicalJson.Number(BitConverter.UInt64BitsToDouble(bits)));

    [Theory]
    [InlineData("1e5", "100000")]
    [InlineData("1e-5", "0.00001")]
    [InlineData("1e-6", "0.000001")]
    [InlineData("1.5e-7", "1.5e-7")]
    [InlineData("123.456", "123.456")]
    [InlineData("-12e20", "-1.2e+21")]
    [InlineData("0.1", "0.1")]
    [InlineData("-0.0", "0")]
    [InlineData("1.0", "1")]
    [InlineData("120", "120")]
    public void A_number_has_one_spelling(string json, string expected) => Assert.Equal(expected, Canonical(json));

    [Fact]
    public void Every_power_of_ten_and_its_neighbours_read_back_as_themselves()
    {
        for (var exponent = -323; exponent <= 308; exponent++)
        {
            var power = double.Parse($"1e{exponent.ToString(CultureInfo.InvariantCulture)}", CultureInfo.InvariantCulture);
            foreach (var number in (double[])[Math.BitDecrement(power), power, Math.BitIncrement(power), -power])
                Assert.Equal(number, double.Parse(CanonicalJson.Number(number), CultureInfo.InvariantCulture));
            if (exponent is > 20 or < -6) Assert.Equal($"1e{(exponent < 0 ? "-" : "+")}{Math.Abs(exponent)}", CanonicalJson.Number(power));
        }
    }

    [Fact]
    public void Keys_are_sorted_by_their_utf_16_units() => Assert.Equal(
        "{\"\\r\":1,\"1\":2,\"\u0080\":3,\"ö\":4,\"€\":5,\"😀\":6,\"\ufb33\":7}",
        Canonical("""{"\u20ac":5,"\r":1,"\ufb33":7,"1":2,"\ud83d\ude00":6,"\u0080":3,"\u00f6":4}"""));

    [Fact]
    public void The_sample_of_the_standard_comes_out_as_printed_there() => Assert.Equal(
        """{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}""",
        Canonical("""
            {
              "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
              "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
              "literals": [null, true, false]
            }
            """));

    [Theory]
    [InlineData(@"""\b\f\n\r\t\u0000\u001F\u007f""", "\"\\b\\f\\n\\r\\t\\u0000\\u001f\u007f\"")]
    [InlineData(@"""\u003cb\u003e \u0026 \u2028 \ud83d\ude00""", "\"<b> & \u2028 😀\"")]
    [InlineData(" [ ] ", "[]")]
    [InlineData(" { } ", "{}")]
    [InlineData("{\"a\":{\"c\":1,\"b\":[{\"z\":1,\"y\":2}]}}", "{\"a\":{\"b\":[{\"y\":2,\"z\":1}],\"c\":1}}")]
    public void A_text_has_one_spelling(string json, string expected) => Assert.Equal(expected, Canonical(json));

    [Theory]
    [InlineData("""{"a":1,"a":1}""")]
    [InlineData("""{"a":1,"\u0061":2}""")]
    [InlineData("""[{"b":{"a":1,"a":1}}]""")]
    [InlineData("1e400")]
    [InlineData("-1e400")]
    [InlineData("NaN")]
    [InlineData("")]
    [InlineData("{} {}")]
    [InlineData("[1,]")]
    [InlineData("""["\ud800"]""")]
    [InlineData("""{"\udc00":1}""")]
    public void What_has_no_one_spelling_is_refused(string json) => Assert.ThrowsAny<JsonException>(() => CanonicalJson.Of(json));

    [Fact]
    public void A_parsed_value_that_names_a_key_twice_is_refused_too()
    {
        using var document = JsonDocument.Parse("""{"b":[{"a":1,"a":2}]}""");
        Assert.ThrowsAny<JsonException>(() => CanonicalJson.Of(document.RootElement));
    }

    [Theory]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(129)]
    [InlineData(384)]
    [InlineData(385)]
    [InlineData(20_000)]
    public void A_text_of_any_length_is_written_whole(int length)
    {
        var text = new string('é', length - 1) + "\n";
        var written = $"\"{text[..^1]}\\n\"";
        Assert.Equal($"{{{written}:{written}}}", Canonical(JsonSerializer.Serialize(new Dictionary<string, string> { [text] = text })));
        Assert.Equal($"[{written}]", Canonical($"[{written}]"));
    }

    [Theory]
    [InlineData("[\"?\"]")]
    [InlineData("[\"\\n?\"]")]
    [InlineData("{\"?\":1}")]
    public void Bytes_that_are_not_utf_8_are_refused(string json)
    {
        byte[] broken = [.. json.Select(letter => letter == '?' ? (byte)0xff : (byte)letter)];
        using var document = JsonDocument.Parse(broken);
        Assert.ThrowsAny<JsonException>(() => CanonicalJson.Of(document.RootElement));
    }

    [Fact]
    public void The_culture_of_the_machine_does_not_matter()
    {
        var before = CultureInfo.CurrentCulture;
        var strange = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        (strange.NumberFormat.NumberDecimalSeparator, strange.NumberFormat.NegativeSign, strange.NumberFormat.PositiveSign) = (",", "minus ", "plus ");
        try
        {
            CultureInfo.CurrentCulture = strange;
            Assert.Equal("[-1.5,1e+30,1e-27,333333333.3333333]", Canonical("[-1.50,1E30,1e-27,333333333.33333329]"));
            Assert.Equal("12.5%", Some.Share("12.5%").ToString());
            Assert.Equal("rel-12", Some.Parse<ReleaseId>("rel-12").ToString());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void What_is_canonical_stays_as_it_is() => Prop.ForAll(Json.ToArbitrary(), json =>
    {
        var once = Canonical(json);
        Assert.Equal(once, Canonical(once));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void White_space_and_the_order_of_keys_make_no_difference() => Prop.ForAll(Json.ToArbitrary(), json =>
        Assert.Equal(Canonical(json), Canonical(Turned(JsonElement.Parse(json))))).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void Every_number_reads_back_as_itself() => Prop.ForAll(Number.ToArbitrary(), json =>
        Assert.Equal(double.Parse(json, CultureInfo.InvariantCulture), double.Parse(Canonical(json), CultureInfo.InvariantCulture))).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    private static string Canonical(string json) => Encoding.UTF8.GetString(CanonicalJson.Of(json));

    // The same value with the keys turned round and white space everywhere.
    private static string Turned(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "{\n" + string.Join(" ,\t", value.EnumerateObject().Reverse().Select(property => $"{JsonSerializer.Serialize(property.Name)} : {Turned(property.Value)}")) + " }",
        JsonValueKind.Array => "[ " + string.Join(" , ", value.EnumerateArray().Select(Turned)) + "\r\n]",
        _ => value.GetRawText(),
    };

    private static Gen<string> Value(int depth)
    {
        var scalar = Gen.OneOf(Number, Text.Select(text => JsonSerializer.Serialize(text)), Gen.Elements("true", "false", "null"));
        if (depth == 0) return scalar;
        var inner = Value(depth - 1);
        var array = inner.ListOf().Select(items => $"[{string.Join(',', items.Take(4))}]");
        var pairs = Text.SelectMany(_ => inner, (key, value) => (Key: key, Value: value));
        var obj = pairs.ListOf().Select(items => $"{{{string.Join(',', items.Take(5).DistinctBy(pair => pair.Key).Select(pair => $"{JsonSerializer.Serialize(pair.Key)}:{pair.Value}"))}}}");
        return Gen.OneOf(scalar, array, obj);
    }
}
