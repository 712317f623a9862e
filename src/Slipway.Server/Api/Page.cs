using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.OpenApi;

namespace Slipway.Server.Api;

/// <summary>Which part of a list is wanted: at most <paramref name="Limit"/> items, after the one that <paramref name="After"/> names.</summary>
/// <param name="Limit">1 to 1000; default 500.</param>
/// <param name="After">As the link of the page before gave it; null for the beginning.</param>
/// <remarks>A list that goes on has the header <c>Link: &lt;…&gt;; rel="next"</c> (RFC 8288). It names the last item shown: what comes in between shifts nothing.</remarks>
internal sealed record Page(int Limit, string? After) : IEndpointParameterMetadataProvider
{
    private const int Default = 500;
    private const int Most = 1_000;

    /// <summary>Tells the API's description what a list takes.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        builder.Metadata.Add(new TakesParameter("limit", ParameterLocation.Query, "How many items at most, 1 to 1000; default 500."));
        builder.Metadata.Add(new TakesParameter("after", ParameterLocation.Query, "Goes on after this item, as the Link of the page before named it."));
    }

    /// <summary>Reads <c>limit</c> and <c>after</c> from the query.</summary>
    /// <exception cref="BadHttpRequestException">The limit is none.</exception>
    public static ValueTask<Page> BindAsync(HttpContext context)
    {
        var (limit, after) = (context.Request.Query["limit"].ToString(), context.Request.Query["after"].ToString());
        if (limit.Length == 0) return ValueTask.FromResult(new Page(Default, after.Length == 0 ? null : after));
        return int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= Most
            ? ValueTask.FromResult(new Page(number, after.Length == 0 ? null : after))
            : throw new BadHttpRequestException($"limit must be a whole number from 1 to {Most}.");
    }

    /// <summary>Answers with one page of a list.</summary>
    /// <param name="context">Gets the link to the next page.</param>
    /// <param name="items">All of them, always in the same order.</param>
    /// <param name="name">What names an item within the list.</param>
    /// <param name="show">How an item is answered; asked for those of the page alone.</param>
    public IResult Of<TItem, TDocument>(HttpContext context, IReadOnlyCollection<TItem> items, Func<TItem, string> name, Func<TItem, TDocument> show)
    {
        if (After is null) return Shown(context, items, name, show);
        var rest = items.SkipWhile(item => name(item) != After).Skip(1).ToList();
        return rest.Count > 0 || items.Any(item => name(item) == After)
            ? Shown(context, rest, name, show)
            : Refusals.Invalid([$"after names \"{After}\", which is not in this list."]);
    }

    /// <summary>Answers with one page of a list that begins after <see cref="After"/> already.</summary>
    public IResult OfRest<T>(HttpContext context, IEnumerable<T> rest, Func<T, string> name) => Shown(context, rest, name, item => item);

    /// <summary>Answers with one page of a list that begins after <see cref="After"/> already.</summary>
    /// <param name="context">Gets the link to the next page.</param>
    /// <param name="rest">The items; one more than <see cref="Limit"/> says that there is a next page.</param>
    /// <param name="name">What names an item's place in the list.</param>
    /// <param name="show">How an item is answered.</param>
    public IResult OfRest<TItem, TDocument>(HttpContext context, IEnumerable<TItem> rest, Func<TItem, string> name, Func<TItem, TDocument> show) => Shown(context, rest, name, show);

    private Microsoft.AspNetCore.Http.HttpResults.Ok<ImmutableArray<TDocument>> Shown<TItem, TDocument>(HttpContext context, IEnumerable<TItem> rest, Func<TItem, string> name, Func<TItem, TDocument> show)
    {
        ImmutableArray<TItem> page = [.. rest.Take(Limit + 1)];
        if (page.Length > Limit)
        {
            page = page[..Limit];
            var query = context.Request.Query.Where(field => field.Key is not ("after" or "limit")).SelectMany(field => field.Value.Select(value => KeyValuePair.Create(field.Key, value)))
                .Append(new("limit", Limit.ToString(CultureInfo.InvariantCulture))).Append(new("after", name(page[^1])));
            context.Response.Headers.Append("Link", $"<{context.Request.Path.ToUriComponent()}{QueryString.Create(query).ToUriComponent()}>; rel=\"next\"");
        }
        return TypedResults.Ok(page.Select(show).ToImmutableArray());
    }
}
