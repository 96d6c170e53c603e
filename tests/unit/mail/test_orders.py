"""Numbers of orders, and all the numbers that are none."""

import pytest

from mailticket.mail.orders import order_numbers


@pytest.mark.parametrize(
    "words",
    """order 10023|my order #10023 is late|Order number: 10023|order no. 10023|PO 10023|Order ID 10023|order (10023)|
    Order confirmation 10023|Bestellung Nr. 10023|Bestellnummer: 10023|Bestell-Nr. 10023|Auftrag 10023|
    Bestellung mit der Nummer 10023|commande n° 10023|Commande numéro 10023|pedido nº 10023|número de pedido 10023|
    ordine n. 10023|encomenda 10023|bestelling 10023|ordernummer 10023|beställning 10023|ordrenummer 10023|
    tilausnumero: 10023|zamówienie nr 10023|numer zamówienia: 10023|objednávka č. 10023|číslo objednávky: 10023|
    rendelésszám: 10023|comanda nr. 10023|заказ № 10023|номер заказа 10023|замовлення 10023|sipariş no: 10023|
    παραγγελία 10023|注文番号：10023|注文番号10023|订单号：10023|訂單編號 10023|주문번호 10023|#10023|
    about #10023, please
    """.replace("\n", "").split("|"),
)  # fmt: skip
def test_number_of_an_order(words: str) -> None:
    assert order_numbers("", words.strip()) == ("10023",)
    assert order_numbers(words.strip(), "") == ("10023",)


@pytest.mark.parametrize(
    "words",
    """[#2611-0042] Broken vase|[#10023]|[ACME#10023]|on 2026-11-22|order from 22.11.2026|order of 2026-11-22|
    call +49 30 1234567|Tel. 030 1234567|order by 10:30|order for 1000 EUR|the order 2024|in order 2 months|
    order 1,000.00|page #12|http://x.example/order/10023|border 10023|a@x10023.example|order 100.50|1000 $|10023
    """.replace("\n", "").split("|"),
)  # fmt: skip
def test_no_number_of_an_order(words: str) -> None:
    assert order_numbers(words.strip(), words.strip()) == ()


def test_several_each_once_in_their_order() -> None:
    words = "order 10023, order ABC-1234 and order 302-1234567-1234567; again order 10023, and #10026"

    assert order_numbers("Order A10025", words) == ("A10025", "10023", "ABC-1234", "302-1234567-1234567", "10026")


def test_they_are_few() -> None:
    assert len(order_numbers("", " ".join(f"#{number}" for number in range(10_000, 20_000)))) == 10
