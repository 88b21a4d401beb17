# It warns and stops nothing. It covers the whole project, for not every cost carries a label.
resource "google_billing_budget" "this" {
  for_each = var.budget == null ? {} : { project = var.budget }

  billing_account = each.value.billing_account
  display_name    = "${var.name} a month"

  amount {
    specified_amount {
      currency_code = each.value.currency
      units         = tostring(each.value.amount)
    }
  }

  budget_filter {
    projects = ["projects/${local.project_number}"]
  }

  dynamic "threshold_rules" {
    for_each = [0.5, 0.9, 1]

    content {
      threshold_percent = threshold_rules.value
    }
  }

  threshold_rules {
    spend_basis       = "FORECASTED_SPEND"
    threshold_percent = 1
  }

  dynamic "all_updates_rule" {
    for_each = length(module.observability.notification_channels) > 0 ? [module.observability.notification_channels] : []

    content {
      disable_default_iam_recipients   = false
      monitoring_notification_channels = all_updates_rule.value
    }
  }
}
